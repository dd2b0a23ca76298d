// A small server that keeps the visitor's half of the HTTP contract in memory, for the browser
// checks of this folder. It serves the built files, and a host page on another origin.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { WebSocketServer } from "ws";

const dist = path.resolve(
  process.env.CHATHAM_WEB_OUT ?? path.join(import.meta.dirname, "../../dist"),
);
const SITE = "01994c2e-7a10-7d3b-8a52-5f1c6f0b2a9d";
const GREETINGS = {
  en: "Hello, how can we help? A person reads this and answers.",
  es: "Hola, ¿en qué podemos ayudar? Aquí lee y responde una persona.",
  ar: "مرحبًا، كيف نساعدك؟ يقرأ هذا إنسان ويجيبك.",
};
const STATES = ["online", "away", "offline"];
const RETENTION_NOTES = {
  en: "Conversations are deleted after 365 days.",
  es: "Las conversaciones se borran a los 365 días.",
  ar: "تُحذف المحادثات بعد 365 يومًا.",
};
const now = () => Date.now() * 1000;

/** Starts it on a free port; what is returned steers it. */
export async function startServer(options = {}) {
  const manifest = JSON.parse(await readFile(path.join(dist, "manifest.json"), "utf8"));
  const control = {
    policyVersion: 3,
    availability: "online",
    fields: { name: false, email: false },
    preview: false,
    locale: "auto",
    look: {
      accent: "#0b5e55",
      accent_text: "#ffffff",
      position: "right",
      theme: "auto",
      launcher: "",
    },
    csp: null,
    socketsForbidden: false,
    refuse: null,
    requests: [],
    people: new Map(),
    streams: new Set(),
    events: [],
    ...options,
  };

  function emit(person, event, data, isStored = true) {
    const id = isStored ? control.events.length + 1 : null;
    if (isStored) control.events.push({ id, event, data, token: person.token });
    for (const stream of control.streams) {
      if (stream.token === person.token) stream.send({ id, event, data });
    }
  }
  function append(person, conversation, message) {
    conversation.last_seq += 1;
    const full = {
      id: randomUUID(),
      conversation_id: conversation.id,
      seq: conversation.last_seq,
      created_at: now(),
      ...message,
    };
    conversation.messages.push(full);
    conversation.last_message_at = full.created_at;
    if (full.author.kind === "agent") conversation.unread += 1;
    emit(person, "message.created", { conversation_id: conversation.id, message: full });
    return full;
  }

  Object.assign(control, {
    reply(text, name = "Desk") {
      for (const person of control.people.values()) {
        const conversation = person.conversations[0];
        const author = { kind: "agent", id: "a1", name };
        conversation.assignee = { name };
        append(person, conversation, { kind: "message", author, body: text });
        emit(person, "conversation.updated", { conversation: view(conversation) });
      }
    },
    typing(name = "Desk") {
      for (const person of control.people.values()) {
        const author = { kind: "agent", id: "a1", name };
        const conversation_id = person.conversations[0].id;
        emit(person, "typing", { conversation_id, author }, false);
      }
    },
    readAll() {
      for (const person of control.people.values()) {
        const it = person.conversations[0];
        it.agent_read_seq = it.last_seq;
        it.agent_delivered_seq = it.last_seq;
        const seqs = { read_seq: it.last_seq, delivered_seq: it.last_seq };
        emit(person, "conversation.read", { conversation_id: it.id, reader: "agent", ...seqs });
      }
    },
    cut() {
      for (const stream of control.streams) stream.cut();
    },
  });

  function openStream(token, lastId, send, cut) {
    const stream = { token, send, cut };
    send({ event: "hello", data: { last_id: control.events.length, heartbeat_s: 25 } });
    for (const event of lastId === null ? [] : control.events) {
      if (event.id > lastId && event.token === token) send(event);
    }
    control.streams.add(stream);
    return stream;
  }

  function start(response, token, body) {
    const person = control.people.get(token) ?? {
      token,
      visitor: { id: randomUUID(), remembered: false },
      conversations: [],
      sent: new Map(),
    };
    control.people.set(token, person);
    const again = person.sent.get(body.client_msg_id);
    if (again) return json(response, 201, again);
    if (body.name) person.visitor.name = body.name;
    if (body.email) person.visitor.email_masked = `${body.email[0]}•••@${body.email.split("@")[1]}`;
    const conversation = {
      id: randomUUID(),
      state: "open",
      created_at: now(),
      last_seq: 0,
      last_message_at: now(),
      unread: 0,
      agent_read_seq: 0,
      agent_delivered_seq: 0,
      visitor_read_seq: 0,
      messages: [],
    };
    person.conversations.unshift(conversation);
    const message = append(person, conversation, {
      kind: "message",
      author: { kind: "visitor", name: body.name },
      body: body.body,
      client_msg_id: body.client_msg_id,
    });
    const answer = { visitor: person.visitor, conversation: view(conversation), message };
    person.sent.set(body.client_msg_id, answer);
    return json(response, 201, answer);
  }

  function serveConfig(response, url) {
    const locale = url.searchParams.get("locale") ?? "en";
    return json(response, 200, {
      site_id: SITE,
      name: "Lamplight",
      policy_version: control.policyVersion,
      policy_url: `${control.base}/privacy`,
      availability: control.availability,
      greetings: Object.fromEntries(STATES.map((it) => [it, GREETINGS[locale]])),
      offline_form: true,
      look: control.look,
      retention_note: RETENTION_NOTES[locale],
      fields: control.fields,
      remember_allowed: true,
      preview: control.preview,
    });
  }

  function serveMe(response, person, act, body) {
    if (act === "erase") {
      control.people.delete(person.token);
      const receipt = {
        entry: { at: now(), details: { messages: "2" }, kind: "erasure", subject: "5d0c6e" },
        index: 1042,
        leaf: "9f2c41d7a6b80e5533d1c4f0aa7719be20c6d5f48e91b7a3540d6c8ef2b1a097",
        proof: ["5d0c6e"],
        checkpoint: "lamplight\n1043\n",
        key: "lamplight+1",
      };
      emit(person, "person.erased", { person_id: person.visitor.id, conversation_ids: [] });
      return json(response, 200, { receipt });
    }
    if (act === "remember") {
      person.visitor.remembered = body.remember;
      return json(response, 200, { remembered: body.remember });
    }
    if (act === "contact") {
      person.visitor.email_masked = body.email;
      return json(response, 200, { verification_sent: true });
    }
    return json(response, 200, hold(person, control.policyVersion));
  }

  function serveMessages(request, response, { person, conversation, url, body }) {
    if (request.method === "GET") {
      const before = Number(url.searchParams.get("before_seq") ?? Number.MAX_SAFE_INTEGER);
      const limit = Number(url.searchParams.get("limit") ?? 50);
      const all = conversation.messages.filter((it) => it.seq < before);
      return json(response, 200, { messages: all.slice(-limit), has_more: all.length > limit });
    }
    const again = person.sent.get(body.client_msg_id);
    if (again) return json(response, 201, again);
    if (conversation.state === "resolved") return problem(response, 409, "conversation_resolved");
    const message = append(person, conversation, {
      kind: "message",
      author: { kind: "visitor" },
      body: body.body,
      client_msg_id: body.client_msg_id,
    });
    person.sent.set(body.client_msg_id, { message });
    return json(response, 201, { message });
  }

  async function serveApi(request, response, url) {
    const [first, second, third] = url.pathname.split("/").slice(3);
    const body = request.method === "GET" ? {} : await readBody(request);
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    const person = control.people.get(token);
    if (second === "config") return serveConfig(response, url);
    if (request.method !== "GET" && control.refuse) {
      const { status, code, once, ...extra } = control.refuse;
      if (once) control.refuse = null;
      return problem(response, status, code, extra);
    }
    if ("policy_version" in body && body.policy_version !== control.policyVersion) {
      const policy_url = `${control.base}/privacy/v/${control.policyVersion}`;
      const policy_version = control.policyVersion;
      return problem(response, 409, "policy_version_old", { policy_version, policy_url });
    }
    if (first === SITE && second === "conversations") return start(response, token, body);
    if (!person) return problem(response, 401, "unauthenticated");
    if (first === "me") return serveMe(response, person, second, body);
    if (!second) return json(response, 200, { conversations: person.conversations.map(view) });
    const conversation = person.conversations.find((it) => it.id === second);
    if (!conversation) return problem(response, 404, "not_found");
    if (third === "messages") {
      return serveMessages(request, response, { person, conversation, url, body });
    }
    if (third === "read") {
      conversation.visitor_read_seq = body.seq;
      const isUnread = (it) => it.author.kind === "agent" && it.seq > body.seq;
      conversation.unread = conversation.messages.filter(isUnread).length;
    }
    if (third === "end") {
      conversation.state = "resolved";
      const author = { kind: "system" };
      append(person, conversation, { kind: "system", author, body: "ended_by_visitor" });
      emit(person, "conversation.updated", { conversation: view(conversation) });
    }
    if (third === "rating") conversation.rating = { score: body.score };
    return json(response, 204);
  }

  function serveSse(request, response) {
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    if (!control.people.has(token)) return problem(response, 401, "unauthenticated");
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = ({ id, event, data }) => {
      const head = id ? `id: ${id}\n` : "";
      response.write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    const last = request.headers["last-event-id"];
    const stream = openStream(token, last ? Number(last) : null, send, () => response.destroy());
    response.on("close", () => control.streams.delete(stream));
    return undefined;
  }

  function servePage(response, url) {
    const lang = url.searchParams.get("lang") ?? "en";
    const headers = { "content-type": "text/html; charset=utf-8" };
    if (control.csp) headers["content-security-policy"] = control.csp(control.base);
    response.writeHead(200, headers);
    response.end(hostPage(lang, control));
  }

  async function serveLoader(response) {
    const text = await readFile(path.join(dist, manifest.loader), "utf8");
    const { look, locale, base } = control;
    const config = { site: SITE, base, widget: `/${manifest.widget}`, look, locale };
    response.writeHead(200, { "content-type": "text/javascript" });
    response.end(text.replace("__CHATHAM_CONFIG__", () => JSON.stringify(config)));
  }

  async function serve(request, response) {
    const url = new URL(request.url, control.base);
    if (url.pathname.startsWith("/page")) return servePage(response, url);
    control.requests.push(`${request.method} ${url.pathname}`);
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "*, authorization, last-event-id");
    response.setHeader("access-control-allow-methods", "*");
    response.setHeader("access-control-expose-headers", "retry-after");
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    if (url.pathname === "/api/stream/sse") return serveSse(request, response);
    if (url.pathname.startsWith("/api/widget/")) return serveApi(request, response, url);
    if (url.pathname === `/w/${SITE}.js`) return serveLoader(response);
    const file = await readFile(path.join(dist, url.pathname)).catch(() => null);
    response.writeHead(file ? 200 : 404, { "content-type": "text/javascript" });
    return response.end(file ?? "");
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error) => response.destroy(error));
  });
  const sockets = new WebSocketServer({ server, path: "/api/stream" });
  sockets.on("connection", (socket) => {
    control.requests.push("SOCKET");
    if (control.socketsForbidden) {
      socket.terminate();
      return;
    }
    socket.once("message", (text) => {
      const { token, last_id: lastId } = JSON.parse(text.toString());
      if (!control.people.has(token)) {
        socket.close(4401);
        return;
      }
      const send = (event) => socket.send(JSON.stringify(event));
      const stream = openStream(token, lastId, send, () => socket.terminate());
      socket.on("close", () => control.streams.delete(stream));
    });
  });

  await new Promise((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const { port } = server.address();
  control.base = `http://127.0.0.1:${port}`;
  // Another host name is another origin, and another site for cookies.
  control.page = `http://localhost:${port}/page`;
  control.close = () => {
    control.cut();
    sockets.close();
    server.close();
    server.closeAllConnections();
  };
  return control;
}

function view({ messages, ...rest }) {
  return rest;
}

async function readBody(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString() || "{}");
}

function json(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(value === undefined ? undefined : JSON.stringify(value));
}

function problem(response, status, code, extra = {}) {
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ type: `/problems/${code}`, title: code, status, code, ...extra }));
}

function hold(person, policyVersion) {
  const { name, email_masked } = person.visitor;
  const item = (field, label, value) => ({
    field,
    label,
    value,
    source: "site",
    purpose: "support.reply",
    retention: "365d after conversation.closed",
    delete_at: now() + 365 * 86_400e6,
    recipients: [],
  });
  const count = `${person.conversations[0]?.last_seq ?? 0}`;
  return {
    items: [
      ...(name ? [item("visitor.name", "name", name)] : []),
      ...(email_masked ? [item("visitor.email", "address", email_masked)] : []),
      item("message.body", "messages", `${count} in 1 conversations`),
      item("conversation.page", "pages", "http://localhost/lamp"),
      item("visitor.token", "secret", "kept as a hash"),
    ],
    readers: [{ role: "agent", count: 2, last_at: now() }],
    conversations: person.conversations.length,
    policy_version: policyVersion,
    signal: { sent: false, stops: [] },
    notices: { offered: true },
  };
}

function hostPage(lang, { base, csp }) {
  const style =
    ":root{background:Canvas;color:CanvasText}body{font:17px/1.6 Georgia,serif;margin:0;padding:40px;max-width:60ch}a{color:inherit}";
  return `<!doctype html>
<html lang="${lang}" dir="${lang === "ar" ? "rtl" : "ltr"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Lamplight</title>
<link rel="icon" href="data:,">
${csp ? "" : `<style>${style}</style>`}
<script async src="${base}/w/${SITE}.js"></script>
</head>
<body>
<main>
<h1>Lamplight</h1>
<p>Lamps made by hand, and mended for as long as they burn.</p>
<p><a href="/page/lamp?lang=${lang}">The brass lamp</a></p>
</main>
</body>
</html>`;
}
