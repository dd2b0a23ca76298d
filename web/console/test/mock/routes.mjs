// The answers of the console's contract, from memory.
import { randomUUID } from "node:crypto";
import { deskRoutes, seedDesk } from "./desk.mjs";
import { hours, me, person, policy, previewOf, seed } from "./seed.mjs";
import { emit } from "./stream.mjs";

const now = () => Date.now() * 1000;
export const world = seed();
let isSignedIn = process.env.MOCK_SIGNED_OUT !== "1";
const QR =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 21 21"><path d="M0 0h7v7H0zM14 0h7v7h-7zM0 14h7v7H0zM9 3h2v5H9zM12 9h6v2h-6zM9 13h3v6H9zM15 15h4v4h-4z"/></svg>';

export class Refused extends Error {
  constructor(status, code, more = {}) {
    super(code);
    this.status = status;
    this.problem = { type: `/problems/${code}`, title: code, status, code, detail: "", ...more };
  }
}

const session = () => ({
  agent: me,
  workspace: { id: "w", name: "Lamps & Light" },
  policy_version: 1,
  permissions: ["answer", "manage", "erase", "policy", "hold", "disclose"],
});

function conversation(id) {
  const found = world.conversations.find((one) => one.id === id);
  if (!found) throw new Refused(404, "not_found");
  return found;
}

function change(id, fields) {
  const one = Object.assign(conversation(id), fields);
  emit("conversation.updated", { conversation: one });
  return { conversation: one };
}

function list(query) {
  const view = query.get("view");
  const state = query.get("state");
  const inState = world.conversations.filter((one) => one.state === state);
  const isIn = {
    mine: (one) => one.assignee_id === me.id,
    unassigned: (one) => !one.assignee_id,
    all: () => true,
  };
  const sorted = inState
    .filter(isIn[view])
    .sort(
      (a, b) =>
        (a.waiting_since ?? Infinity) - (b.waiting_since ?? Infinity) ||
        b.last_message_at - a.last_message_at,
    );
  const from = Number(query.get("cursor") ?? 0);
  const limit = Number(query.get("limit") ?? 50);
  const counts = Object.fromEntries(
    Object.entries(isIn).map(([name, test]) => [name, inState.filter(test).length]),
  );
  const more = from + limit < sorted.length;
  return {
    conversations: sorted.slice(from, from + limit),
    next_cursor: more ? String(from + limit) : null,
    counts,
  };
}

export function write(id, author, body, kind = "message", client_msg_id = null) {
  const messages = world.messages.get(id);
  const message = {
    id: randomUUID(),
    conversation_id: id,
    seq: messages.length + 1,
    kind,
    author,
    body,
    client_msg_id,
    created_at: now(),
  };
  messages.push(message);
  const one = conversation(id);
  one.last_seq = message.seq;
  one.last_message = previewOf(message);
  one.last_message_at = message.created_at;
  if (author.kind === "visitor") {
    one.unread += 1;
    one.waiting_since ??= message.created_at;
  } else if (kind === "message") {
    one.waiting_since = null;
    one.assignee_id ??= author.id;
  }
  emit("message.created", { conversation_id: id, message });
  emit("conversation.updated", { conversation: one });
  return message;
}

function post(id, body) {
  const known = world.messages.get(id).find((one) => one.client_msg_id === body.client_msg_id);
  if (known) return { message: known };
  const newer = world.messages
    .get(id)
    .findLast((one) => one.kind === "message" && one.author.id && one.author.id !== me.id);
  if (body.seen_seq !== undefined && newer && newer.seq > body.seen_seq) {
    throw new Refused(409, "newer_reply", { latest_seq: newer.seq });
  }
  const author = { kind: "agent", id: me.id, name: me.name };
  return { message: write(id, author, body.body, body.kind, body.client_msg_id) };
}

const nothing = () => undefined;
const forPerson = (personId) => world.conversations.find((one) => one.person_id === personId);

const routes = {
  "GET session": () => {
    if (!isSignedIn) throw new Refused(401, "unauthenticated");
    return session();
  },
  "POST session": ({ body }) => {
    if (body.password !== "correct horse battery") throw new Refused(401, "unauthenticated");
    if (body.email.startsWith("two") && body.totp !== "123456")
      throw new Refused(401, "totp_required");
    isSignedIn = true;
    return session();
  },
  "DELETE session": () => {
    isSignedIn = false;
  },
  "POST setup": () => session(),
  "POST invitations/accept": () => session(),
  "POST password/forgot": nothing,
  "POST password/reset": nothing,
  "PUT password": nothing,
  "POST totp": () => ({ secret: "JBSW Y3DP EHPK 3PXP", uri: "otpauth://totp/x", qr_svg: QR }),
  "PUT totp": () => ({
    recovery_codes: Array.from({ length: 10 }, () => randomUUID().slice(0, 13)),
  }),
  "DELETE totp": nothing,
  "GET sessions": () => ({
    sessions: [
      { id: "a", created_at: now() - 3e11, last_seen_at: now(), current: true },
      { id: "b", created_at: now() - 9e11, last_seen_at: now() - 2e11, current: false },
    ],
  }),
  "DELETE sessions": nothing,
  "DELETE sessions/:id": nothing,
  "GET agents": () => ({ agents: world.agents }),
  "PATCH agents/:id": ({ id, body }) =>
    Object.assign(
      world.agents.find((one) => one.id === id),
      body,
    ),
  "POST invitations": ({ body }) => {
    if (!body.email.includes("@")) {
      throw new Refused(422, "invalid_body", {
        fields: [{ field: "email", code: "email", message: "this is no e-mail address" }],
      });
    }
    world.agents.push({
      id: randomUUID(),
      name: "",
      state: "invited",
      availability: "away",
      online: false,
      ...body,
    });
  },
  "POST invitations/:id/resend": nothing,
  "DELETE invitations/:id": ({ id }) => {
    world.agents = world.agents.filter((one) => one.id !== id);
  },
  "PUT me": ({ body }) => Object.assign(me, body),
  "PUT me/availability": ({ body }) => Object.assign(me, body),
  "GET conversations": ({ query }) => list(query),
  "GET conversations/:id": ({ id }) => ({ conversation: conversation(id) }),
  "GET conversations/:id/messages": ({ id, query }) => {
    const before = Number(query.get("before_seq") ?? Infinity);
    const all = world.messages.get(id).filter((one) => one.seq < before);
    return { messages: all.slice(-50), has_more: all.length > 50 };
  },
  "POST conversations/:id/messages": ({ id, body }) => post(id, body),
  "POST conversations/:id/unread": ({ id }) => {
    change(id, { unread: 1 });
  },
  "POST conversations/:id/read": ({ id }) => {
    change(id, { unread: 0 });
  },
  "POST conversations/:id/delivered": nothing,
  "POST conversations/:id/typing": nothing,
  "POST conversations/:id/assign": ({ id, body }) => change(id, { assignee_id: body.assignee_id }),
  "POST conversations/:id/snooze": ({ id, body }) =>
    change(id, { state: "snoozed", snoozed_until: body.until }),
  "POST conversations/:id/resolve": ({ id }) =>
    change(id, { state: "resolved", resolved_at: now(), waiting_since: null }),
  "POST conversations/:id/reopen": ({ id }) => change(id, { state: "open", resolved_at: null }),
  "GET people/:id": ({ id }) => person(id, forPerson(id)),
  "POST people/:id/reveal": ({ body }) => ({
    field: body.field,
    value: body.field === "visitor.email" ? "violet@visitor.example" : "Violet Visitor",
  }),
  "POST people/:id/block": nothing,
  "POST people/:id/unblock": nothing,
  "POST people/:id/erase": ({ id }) => {
    const ids = world.conversations.filter((one) => one.person_id === id).map((one) => one.id);
    world.conversations = world.conversations.filter((one) => one.person_id !== id);
    emit("person.erased", { person_id: id, conversation_ids: ids });
    return {
      receipt: {
        kind: "erasure",
        leaf_index: 41,
        root: "b3f1…",
        signature: "ed25519:…",
        at: now(),
      },
    };
  },
  "GET canned-replies": () => ({ canned_replies: world.replies }),
  "POST canned-replies": ({ body }) => {
    world.replies.push({ id: randomUUID(), updated_at: now(), ...body });
  },
  "PATCH canned-replies/:id": ({ id, body }) =>
    Object.assign(
      world.replies.find((one) => one.id === id),
      body,
    ),
  "DELETE canned-replies/:id": ({ id }) => {
    world.replies = world.replies.filter((one) => one.id !== id);
  },
  "GET search": ({ query }) => ({
    results: search(query.get("q").toLowerCase()),
    next_cursor: null,
  }),
  "GET sites": () => ({ sites: [world.site] }),
  "POST sites": nothing,
  "PATCH sites/:id": ({ body }) => Object.assign(world.site, body),
  "POST sites/:id/check": nothing,
  "GET working-hours": () => hours,
  "PUT working-hours": ({ body }) => Object.assign(hours, body),
  "GET policy": () => policy,
  "PATCH workspace": nothing,
  ...deskRoutes(seedDesk(world.agents), Refused),
};

function search(words) {
  const results = [];
  for (const one of world.conversations) {
    for (const message of world.messages.get(one.id)) {
      if (!message.body.toLowerCase().includes(words)) continue;
      results.push({
        conversation_id: one.id,
        seq: message.seq,
        author_kind: message.author.kind,
        snippet: message.body,
        created_at: message.created_at,
        label: one.visitor.name ?? one.visitor.label,
      });
    }
  }
  return results.slice(0, 30);
}

const table = Object.entries(routes).map(([name, run]) => {
  const [method, path] = name.split(" ");
  return { method, test: new RegExp(`^/api/console/${path.replace(":id", "([^/]+)")}$`), run };
});

export function answer(method, path, query, body) {
  for (const route of table) {
    const found = route.method === method && route.test.exec(path);
    if (found) return route.run({ id: found[1], query, body });
  }
  throw new Refused(404, "not_found");
}
