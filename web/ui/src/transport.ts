// Two ways to carry the same events: a WebSocket, and server-sent events read by `fetch`, which
// can carry a header where `EventSource` cannot. Neither ever puts a secret into an address.
import type { StreamEvent } from "./stream";

/** How events arrive. */
export type Transport = "socket" | "sse";

/** An event, or the end of the connection: `refused` for good, or to be tried after `waitMs`. */
export type News =
  | { readonly kind: "event"; readonly event: StreamEvent }
  | { readonly kind: "end"; readonly refused: boolean; readonly waitMs: number };

export interface Dial {
  readonly base: string;
  readonly token: string | undefined;
  readonly lastId: number | null;
}

export interface Connection {
  readonly close: () => void;
}

const HELLO_MS_MAX = 6000;
const HEARTBEATS_MISSED_MAX = 3;
const REFUSALS = [4401, 4403, 401, 403];

/** Connects; `onNews` hears events and then, unless `close` came first, one end. */
export function connect(
  transport: Transport,
  dial: Dial,
  onNews: (news: News) => void,
): Connection {
  let isOver = false;
  let watchdog = setTimeout(() => end(0), HELLO_MS_MAX);
  let silenceMsMax = 0;
  let hangUp = (): void => undefined;

  function close(): void {
    isOver = true;
    clearTimeout(watchdog);
    hangUp();
  }
  function end(code: number, waitMs = 0): void {
    if (isOver) return;
    close();
    onNews({ kind: "end", refused: REFUSALS.includes(code), waitMs });
  }
  function onSign(): void {
    if (silenceMsMax === 0) return;
    clearTimeout(watchdog);
    watchdog = setTimeout(() => end(0), silenceMsMax);
  }
  function onEvent(event: StreamEvent): void {
    if (isOver) return;
    if (event.event === "hello") {
      clearTimeout(watchdog);
      // Heartbeats of a WebSocket are control frames, which scripts do not see, unless the server
      // says otherwise by sending one as an event.
      if (transport === "sse") silenceMsMax = heartbeatMs(event);
    }
    if (event.event === "heartbeat") silenceMsMax ||= heartbeatMs(event);
    onSign();
    if (event.event !== "heartbeat") onNews({ kind: "event", event });
  }

  const begin = transport === "socket" ? openSocket : openSse;
  hangUp = begin(dial, onEvent, onSign, end);
  if (isOver) hangUp();
  return { close };
}

function heartbeatMs(event: StreamEvent): number {
  return (Number(event.data.heartbeat_s) || 30) * 1000 * HEARTBEATS_MISSED_MAX;
}

type Begin = (
  dial: Dial,
  onEvent: (event: StreamEvent) => void,
  onSign: () => void,
  end: (code: number, waitMs?: number) => void,
) => () => void;

const openSocket: Begin = ({ base, token, lastId }, onEvent, _onSign, end) => {
  let socket: WebSocket;
  try {
    const url = new URL(`${base}/api/stream`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    socket = new WebSocket(url);
  } catch {
    // Some browsers throw where the page's policy forbids the address.
    setTimeout(() => end(0));
    return () => undefined;
  }
  socket.onopen = () => {
    const proof = token === undefined ? { auth: "console" } : { auth: "visitor", token };
    socket.send(JSON.stringify({ ...proof, last_id: lastId }));
  };
  socket.onmessage = (message: MessageEvent<string>) => {
    const frame = JSON.parse(message.data) as Partial<StreamEvent> & { event: string };
    onEvent({ id: frame.id ?? null, event: frame.event, data: frame.data ?? {} });
  };
  socket.onclose = (event) => end(event.code);
  // What a page's policy forbids may fail without ever closing.
  socket.onerror = () => end(0);
  return () => {
    socket.onclose = null;
    socket.onerror = null;
    socket.onmessage = null;
    // To close while connecting is legal, but browsers complain of it in the page's log.
    if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
    else socket.close();
  };
};

const openSse: Begin = ({ base, token, lastId }, onEvent, onSign, end) => {
  const abort = new AbortController();
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (lastId !== null) headers["last-event-id"] = String(lastId);
  if (token === undefined) headers["x-chatham-csrf"] = "1";
  else headers.authorization = `Bearer ${token}`;
  const init: RequestInit = { headers, signal: abort.signal, cache: "no-store" };
  init.credentials = token === undefined ? "same-origin" : "omit";
  (async () => {
    const response = await fetch(`${base}/api/stream/sse`, init);
    if (!response.ok || !response.body) {
      const waitMs = Number(response.headers.get("retry-after")) * 1000 || 0;
      await response.body?.cancel();
      end(response.status, waitMs);
      return;
    }
    const read = createSseReader(onEvent);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const part = await reader.read();
      if (part.done) break;
      onSign();
      read(part.value);
    }
    end(0);
  })().catch(() => end(0));
  return () => abort.abort();
};

/** A function that takes the text of a stream in parts and gives its events. */
export function createSseReader(onEvent: (event: StreamEvent) => void): (part: string) => void {
  let rest = "";
  return (part) => {
    const blocks = (rest + part).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event) onEvent(event);
    }
  };
}

function parseBlock(block: string): StreamEvent | null {
  let id: number | null = null;
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field, value = ""] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === "id") id = Number(value);
    if (field === "event") event = value;
    if (field === "data") data.push(value);
  }
  if (data.length === 0) return null;
  return { id, event, data: JSON.parse(data.join("\n")) as Record<string, unknown> };
}
