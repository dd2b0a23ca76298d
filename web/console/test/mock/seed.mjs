// An inbox to develop against: people who do not exist, in conversations that look like a real day.
import { randomUUID } from "node:crypto";

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = () => Date.now() * 1000;

export const me = {
  id: randomUUID(),
  name: "First Desk",
  email: "first@shop.example",
  role: "owner",
  availability: "online",
  totp_enabled: false,
};
const tom = { id: randomUUID(), name: "Second Desk" };

export function seed() {
  const agents = [
    { ...pick(me), state: "active", online: true },
    agent(tom.id, tom.name, "tom@shop.example", "agent", true),
    agent(randomUUID(), "Third Desk", "third@shop.example", "privacy_officer", false),
    { ...agent(randomUUID(), "", "lars@shop.example", "agent", false), state: "invited" },
    {
      ...agent(randomUUID(), "Ines Duarte", "ines@shop.example", "admin", false),
      state: "disabled",
    },
  ];
  const site = {
    id: randomUUID(),
    name: "Lamps",
    origins: ["https://lamps.example", "https://www.lamps.example"],
    look: {
      accent: "#0b5e55",
      accent_text: "#ffffff",
      position: "right",
      theme: "auto",
      launcher: "",
    },
    locale: "auto",
    greetings: {
      online: "Hello, this is Lamps. What can we light up for you?",
      away: "We are away for a moment and answer within the hour.",
      offline: "We are closed now. Leave a message, we answer in the morning.",
    },
    offline_form: true,
    ask_name: true,
    ask_email: true,
    snippet: "",
    csp: "script-src https://chat.lamps.example;\nconnect-src https://chat.lamps.example wss://chat.lamps.example",
    seen_at: null,
    seen_origin: null,
  };
  site.snippet = `<script async src="https://chat.lamps.example/w/${site.id}.js"></script>`;
  const world = { me, agents, site, conversations: [], messages: new Map(), replies: replies() };
  talks(world);
  return world;
}

function pick({ id, name, email, role, availability }) {
  return { id, name, email, role, availability };
}

function agent(id, name, email, role, online) {
  return { id, name, email, role, state: "active", availability: "online", online };
}

function replies() {
  const at = now();
  return [
    [
      "hello",
      "Greeting",
      "Hello {{visitor.name|there}}, this is {{agent.name}} from {{site.name}}. What can I do for you?",
    ],
    [
      "ship",
      "Shipping times",
      "We ship to all of Europe in two to four days. You get a letter with the tracking number.",
    ],
    [
      "return",
      "Returns",
      "You may send anything back within 30 days. Put the slip that came with it into the parcel.",
    ],
    ["bulb", "Which bulb", "All our lamps take an E27 bulb of up to 60 W."],
  ].map(([shortcut, title, body]) => ({ id: randomUUID(), shortcut, title, body, updated_at: at }));
}

function talks(world) {
  const t = now();
  const add = (fields, lines) => addConversation(world, fields, lines);
  add(
    {
      name: "Violet Visitor",
      online: true,
      waiting: true,
      page: ["https://lamps.example/pendant/alba", "Alba pendant lamp"],
    },
    [
      [
        "visitor",
        t - 22 * MINUTE,
        "Hello, I am looking at the Alba pendant. Is the cable long enough for a ceiling of 3.40 m?",
      ],
      [
        "agent",
        t - 20 * MINUTE,
        "Good morning Violet. The cable is 2.50 m, and you can shorten it yourself.",
        me,
      ],
      [
        "agent",
        t - 20 * MINUTE + 20_000_000,
        "For a high ceiling we also make it with 4 m of cable: https://lamps.example/pendant/alba-long",
        me,
      ],
      [
        "note",
        t - 18 * MINUTE,
        "She asked about the long cable last week too. The 4 m version is back on Thursday.",
        tom,
      ],
      [
        "visitor",
        t - 9 * MINUTE,
        "That is the one I need. Does it come in the dark green as well?",
      ],
      ["visitor", t - 8 * MINUTE, "And can I still change the order I placed this morning?"],
    ],
  );
  add(
    {
      online: true,
      waiting: true,
      unread: 1,
      page: ["https://lamps.example/help/shipping", "Shipping"],
    },
    [["visitor", t - 3 * MINUTE, "Do you ship to Norway?"]],
  );
  add({ name: "زائر أول", online: true, waiting: true, unread: 2, assignee: me.id, locale: "ar" }, [
    ["visitor", t - 50_000_000, "مرحبا، هل المصباح متوفر باللون الأسود؟"],
    ["visitor", t - 30_000_000, "وكم تستغرق مدة التوصيل؟"],
  ]);
  add({ name: "訪問者 一", assignee: tom.id }, [
    ["visitor", t - 2 * HOUR, "注文した電球がまだ届きません。"],
    ["agent", t - 2 * HOUR + MINUTE, "We are looking into it and write to you today.", tom],
  ]);
  add({ name: "Żółty Gość", assignee: me.id }, [
    ["visitor", t - 5 * HOUR, "The switch of my Nord lamp is loose. Can it be repaired?"],
    [
      "agent",
      t - 5 * HOUR + 4 * MINUTE,
      "It can. We send you a new switch, with a drawing of how to change it.",
      me,
    ],
    ["visitor", t - 4 * HOUR, "Wonderful, thank you."],
  ]);
  add(
    {
      name: "A very long name that somebody typed to see what happens to the layout",
      online: true,
    },
    [["visitor", t - 7 * HOUR, "x".repeat(180)]],
  );
  add({ blocked: true }, [["visitor", t - 9 * HOUR, "Buy followers now"]]);
  add({ name: "Green Visitor", state: "snoozed", snoozed_until: t + 17 * HOUR }, [
    ["visitor", t - DAY, "Please tell me when the brass one is back."],
  ]);
  add(
    {
      name: "Blue Visitor",
      state: "resolved",
      resolved_at: t - DAY,
      rating: { score: 5, comment: "Quick and kind" },
    },
    [
      ["visitor", t - DAY - HOUR, "Where is my invoice?"],
      ["agent", t - DAY, "It is in the letter of the 3rd. I attach it again.", me],
      ["system", t - DAY, "ended_by_visitor"],
    ],
  );
  for (let number = 0; number < 70; number += 1) {
    add({}, [["visitor", t - 10 * DAY - number * HOUR, `An older question, number ${number}`]]);
  }
}

function addConversation(world, fields, lines) {
  const id = randomUUID();
  const list = lines.map(([kind, at, body, by], index) => ({
    id: randomUUID(),
    conversation_id: id,
    seq: index + 1,
    kind: kind === "note" || kind === "system" ? kind : "message",
    author: by
      ? { kind: "agent", id: by.id, name: by.name }
      : { kind: kind === "system" ? "system" : "visitor" },
    body,
    created_at: at,
  }));
  const last = list.at(-1);
  world.messages.set(id, list);
  world.conversations.push({
    id,
    site_id: world.site.id,
    site_name: world.site.name,
    person_id: randomUUID(),
    visitor: {
      id: randomUUID(),
      name: fields.name ?? null,
      label: `Visitor ${id.slice(0, 4).toUpperCase()}`,
      online: fields.online ?? false,
      blocked: fields.blocked ?? false,
      locale: fields.locale ?? "en",
    },
    state: fields.state ?? "open",
    snoozed_until: fields.snoozed_until ?? null,
    assignee_id: fields.assignee ?? null,
    last_seq: last.seq,
    last_message_at: last.created_at,
    last_message: previewOf(last),
    waiting_since: fields.waiting
      ? (list.findLast((m) => m.author.kind === "agent" && m.kind === "message")
          ? list.at(-2)
          : list[0]
        ).created_at
      : null,
    unread: fields.unread ?? 0,
    visitor_read_seq: Math.max(0, last.seq - 3),
    visitor_delivered_seq: last.seq - 1,
    page: fields.page ? { url: fields.page[0], title: fields.page[1] } : null,
    rating: fields.rating ?? null,
    created_at: list[0].created_at,
    resolved_at: fields.resolved_at ?? null,
  });
}

export function previewOf(message) {
  return {
    kind: message.kind,
    author_kind: message.author.kind,
    preview: message.body.slice(0, 120),
  };
}

export function person(personId, conversation) {
  const t = now();
  const item = (field, label, masked, source, purpose, retention, days, revealable = true) => ({
    field,
    label,
    masked,
    revealable,
    source,
    purpose,
    retention,
    delete_at: days ? t + days * DAY : null,
    recipients: field === "visitor.email" ? ["Example Mail GmbH"] : [],
  });
  return {
    person_id: personId,
    label: conversation?.visitor.name ?? conversation?.visitor.label ?? "Visitor",
    items: [
      item(
        "visitor.name",
        "Name",
        "S••••• M••••••••",
        "self",
        "support.reply",
        "365d after conversation.closed",
        365,
      ),
      item(
        "visitor.email",
        "E-mail",
        "s•••@•••••.example",
        "self",
        "support.letter",
        "365d after conversation.closed",
        365,
      ),
      item("conversation.page", "Page", "lamps.example", "site", "support.reply", "30d", 30, false),
      item(
        "visitor.locale",
        "Language",
        "Italian",
        "browser",
        "support.reply",
        "365d after conversation.closed",
        365,
        false,
      ),
    ],
    readers: [
      { role: "agent", count: 3, last_at: t - HOUR },
      { role: "system", count: 1, last_at: t - 2 * HOUR },
    ],
    sendings: [
      {
        recipient: "Example Mail GmbH",
        purpose: "support.letter",
        categories: ["user.contact.email"],
        count: 2,
        first_at: t - DAY,
        last_at: t - HOUR,
      },
    ],
    consents: [
      {
        purpose: "support.reply",
        granted: true,
        way: "act",
        ledger_index: 12,
        policy_version: 1,
        at: t - HOUR,
      },
    ],
    blocked: conversation?.visitor.blocked ?? false,
  };
}

export const policy = {
  version: 1,
  effective: "2026-11-01T00:00:00Z",
  hash: "sha256:9f2c4be0b7c1f5a0e44b64a6b2a5c0a3c1de02f7c8e99ab04b8d52f1a1d7c001",
  floor: "strict",
  text: '[policy]\nschema = 1\nversion = 1\nfloor = "strict"\n',
  url: "/privacy",
  purposes: [
    {
      key: "support.reply",
      basis: "contract",
      categories: ["user.name", "user.contact.email", "user.content.private"],
      roles: ["agent", "admin", "owner"],
      retain: "365d after conversation.closed",
    },
    {
      key: "security.abuse",
      basis: "legitimate-interest",
      categories: ["user.device.ip_address"],
      roles: ["system"],
      retain: "24h",
    },
  ],
  categories: [
    {
      key: "user.contact.email",
      fields: ["visitor.email", "account.email"],
      protect: "subject-key",
    },
    { key: "user.device.ip_address", fields: [], protect: "memory-hmac-24h" },
  ],
  processors: [
    {
      key: "smtp-relay",
      name: "Example Mail GmbH",
      country: "DE",
      kind: "service-provider",
      purposes: ["support.letter"],
      categories: ["user.contact.email", "user.content.private"],
      hosts: ["smtp.mail.example:465"],
    },
  ],
};

export const hours = {
  timezone: "Europe/Stockholm",
  always: false,
  days: ["mon", "tue", "wed", "thu", "fri"].flatMap((day) => [
    { day, from: "09:00", to: "12:00" },
    { day, from: "13:00", to: "17:00" },
  ]),
  holidays: ["2026-12-25", "2027-01-01"],
};
