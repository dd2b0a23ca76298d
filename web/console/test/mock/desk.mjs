// The privacy desk of the mock: disclosures in each of their states, legal holds, the access log.
import { randomUUID } from "node:crypto";
import { me } from "./seed.mjs";

const DAY = 86_400_000_000;
const NEEDED = 2;
const PAGE = 50;
const now = () => Date.now() * 1000;
const hash = (digit) => `sha256:${digit.repeat(64)}`;
const KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

function disclosure(asker, fields) {
  return {
    id: randomUUID(),
    person_id: randomUUID(),
    conversation_id: randomUUID(),
    scope: "conversation",
    categories: ["user.content.private"],
    ground: "court-or-government",
    recipient_key: KEY,
    state: "open",
    approvals_needed: NEEDED,
    approved_by: [],
    requested_by: asker,
    lapses_at: now() + 20 * DAY,
    needs_approval: false,
    created_at: now() - DAY,
    next: ["close"],
    ...fields,
  };
}

/** What stands on the desk of a team whose second and third members are officers as well. */
export function seedDesk(agents) {
  const [, second, third] = agents.map((one) => one.id);
  const released = {
    state: "released",
    approved_by: [second, third],
    closed_by: me.id,
    closed_at: now() - DAY,
    bundle_hash: hash("5"),
    bundle_until: now() + 6 * DAY,
    next: ["copy"],
  };
  const disclosures = [
    disclosure(second, {
      document_hash: hash("a"),
      deadline_at: now() + 20 * DAY,
      gagged_until: now() + 9 * DAY,
      approved_by: [third],
      next: ["approve", "close"],
    }),
    disclosure(me.id, {
      ground: "terms-or-illegal",
      scope: "person",
      second_ground: "protect-rights-safety",
      categories: ["user.content.private", "user.name"],
      approved_by: [second, third],
      next: ["release", "close"],
    }),
    disclosure(second, {
      ...released,
      ground: "emergency",
      approvals_needed: 1,
      approved_by: [third],
      needs_approval: true,
      review_due_at: now() + DAY / 2,
      notified_at: now() - DAY / 2,
      next: ["approve", "copy"],
    }),
    disclosure(second, {
      ...released,
      ground: "protect-rights-safety",
      review_due_at: now() + 29 * DAY,
      notified_at: now() - DAY / 2,
      next: ["copy", "review"],
    }),
    disclosure(me.id, { state: "lapsed", closed_by: "system", closed_at: now() - DAY, next: [] }),
  ];
  const hold = (fields) => ({
    id: randomUUID(),
    person_id: randomUUID(),
    ground: "court-or-government",
    document_hash: hash("a"),
    reason: "Order of the district court, file 4 O 12",
    deadline_at: now() + 20 * DAY,
    placed_by: second,
    created_at: now() - 2 * DAY,
    erasure_waits: false,
    ...fields,
  });
  const holds = [
    hold({ gagged_until: now() + 9 * DAY, erasure_waits: true }),
    hold({ reason: undefined, released_by: "deadline", released_at: now() - DAY }),
  ];
  const readings = Array.from({ length: PAGE + 10 }, (_, at) => ({
    reader_id: agents[at % 2].id,
    name: agents[at % 2].name,
    role: at % 2 === 0 ? "owner" : "privacy_officer",
    purpose: at % 3 === 0 ? "legal.disclosure" : "support.reply",
    reference: String(at % 7).repeat(16),
    at: now() - at * 900_000_000,
    ledger_index: 4000 - at,
  }));
  return { disclosures, holds, readings };
}

const opened = {
  reason: "The court asks for what was written about the parcel.",
  recipient: "District court, file 4 O 12",
};

/** The routes over it. */
export function deskRoutes(desk, Refused) {
  const find = (id) => {
    const found = desk.disclosures.find((one) => one.id === id);
    if (!found) throw new Refused(404, "not_found");
    return found;
  };
  const step =
    (change) =>
    ({ id }) =>
      void Object.assign(find(id), change(find(id)));
  return {
    "GET disclosures": () => ({ disclosures: desk.disclosures }),
    "POST disclosures": ({ body }) => {
      if (!body.recipient_key.startsWith("age1")) {
        const field = "recipient_key";
        const fields = [{ field, code: "wrong_form", message: "must be a public key of age" }];
        throw new Refused(422, "invalid", { fields });
      }
      const asked = disclosure(me.id, body);
      desk.disclosures.unshift(asked);
      return { ids: [asked.id] };
    },
    "GET disclosures/:id": ({ id }) => ({ ...find(id), ...opened }),
    "POST disclosures/:id/approve": step((one) => ({
      approved_by: [...one.approved_by, me.id],
      needs_approval: false,
      next: one.state === "open" ? ["release", "close"] : ["copy"],
    })),
    "POST disclosures/:id/release": step(() => ({
      state: "released",
      closed_at: now(),
      bundle_hash: hash("7"),
      next: ["copy"],
    })),
    "POST disclosures/:id/review": step(() => ({ reviewed_at: now(), next: ["copy"] })),
    "POST disclosures/:id/close": step(() => ({
      state: "refused",
      closed_at: now(),
      next: [],
    })),
    "GET holds": () => ({ holds: desk.holds }),
    "POST holds/:id/release": ({ id }) => {
      const hold = desk.holds.find((one) => one.id === id);
      Object.assign(hold, { released_by: me.id, released_at: now(), erasure_waits: false });
      return { erased: true };
    },
    "GET readings": ({ query }) => {
      if (query.get("person_id")) throw new Refused(404, "not_found");
      const from = Number(query.get("cursor") ?? 0);
      const rest = desk.readings.slice(from);
      return {
        readings: rest.slice(0, PAGE),
        next_cursor: rest.length > PAGE ? String(from + PAGE) : null,
      };
    },
  };
}
