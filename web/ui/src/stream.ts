// The event stream of one browser. Where the browser can, the tabs of one origin share one
// connection: a Web Lock elects its holder, a BroadcastChannel carries the events to the others,
// and the next tab takes over with the last id it has seen.
import { type Connection, connect, type Transport } from "./transport";

/** One event; `id` is null for what is never stored (typing, presence) and cannot be missed. */
export interface StreamEvent {
  readonly id: number | null;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Whether events flow: `ended` means that the server refused for good (signed out, erased). */
export type StreamState = "connecting" | "open" | "ended";

export interface StreamOptions {
  /** Origin of the server without a slash at the end; empty for the page's own. */
  readonly base: string;
  /** The visitor's secret; without it the console's cookie speaks. */
  readonly token?: string;
  /** Tabs with the same name share one connection; empty: no sharing. */
  readonly share: string;
  /**
   * Called for each event once, in order. After a first `hello` and after each `gap` the caller
   * fetches its state anew.
   */
  readonly onEvent: (event: StreamEvent) => void;
  readonly onState: (state: StreamState) => void;
}

export interface Stream {
  /** Whether this tab holds the connection that the others share. */
  readonly isHolder: () => boolean;
  readonly close: () => void;
}

const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30_000;

/** What tabs tell each other: a newcomer asks, the holder answers and passes on what it hears. */
type Word = { ask: true } | { event: StreamEvent } | { state: StreamState; lastId: number | null };

/** Opens the stream and keeps it open until `close`. */
export function openStream(options: StreamOptions): Stream {
  const { token, base, share, onEvent, onState } = options;
  const canShare = share !== "" && "locks" in navigator && "BroadcastChannel" in globalThis;
  let channel: BroadcastChannel | undefined;
  let lock: AbortController | undefined;
  let release: (() => void) | undefined;
  let connection: Connection | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let transport: Transport = "socket";
  let holding = false;
  let failures = 0;
  let lastId: number | null = null;
  let helloId: number | null = null;
  let state: StreamState = "connecting";

  function tell(word: Word): void {
    if (holding) channel?.postMessage(word);
  }

  function setState(next: StreamState): void {
    if (state === next) return;
    state = next;
    tell({ state, lastId });
    onState(next);
  }

  function take(event: StreamEvent): void {
    if (event.id !== null) {
      if (lastId !== null && event.id <= lastId) return;
      lastId = event.id;
    }
    if (event.event === "hello") {
      helloId = typeof event.data.last_id === "number" ? event.data.last_id : null;
      lastId ??= helloId;
    }
    if (event.event === "gap") lastId = helloId ?? lastId;
    tell({ event });
    onEvent(event);
  }

  function dial(): void {
    clearTimeout(timer);
    connection?.close();
    let greeted = false;
    connection = connect(transport, { base, token, lastId }, (news) => {
      if (news.kind === "event") {
        if (news.event.event === "hello") {
          greeted = true;
          failures = 0;
          setState("open");
        }
        take(news.event);
        if (news.event.event === "drain") redial(Number(news.event.data.reconnect_in_ms) || 1000);
        if (news.event.event === "session.ended") setState("ended");
        return;
      }
      if (news.refused || state === "ended") {
        setState("ended");
        return;
      }
      // A page may forbid one way in: what never greeted gives way to the other, at first at once.
      if (!greeted) transport = transport === "socket" ? "sse" : "socket";
      const step = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 10));
      const wait = !greeted && failures === 0 ? 0 : step * (0.5 + Math.random() / 2);
      failures += 1;
      redial(Math.max(wait, news.waitMs));
    });
  }

  function redial(waitMs: number): void {
    connection?.close();
    connection = undefined;
    setState("connecting");
    clearTimeout(timer);
    timer = setTimeout(dial, waitMs);
  }

  function hear(word: Word): void {
    if (holding) {
      if ("ask" in word) tell({ state, lastId });
      return;
    }
    if ("event" in word) {
      take(word.event);
      return;
    }
    if (!("state" in word)) return;
    const isNew = lastId === null && word.state === "open";
    if (isNew) lastId = word.lastId;
    if (state !== word.state) {
      state = word.state;
      onState(state);
    }
    if (isNew) onEvent({ id: null, event: "hello", data: { last_id: lastId } });
  }

  function start(): void {
    if (!canShare) {
      holding = true;
      dial();
      return;
    }
    channel = new BroadcastChannel(share);
    channel.onmessage = (message: MessageEvent<Word>) => hear(message.data);
    channel.postMessage({ ask: true } satisfies Word);
    lock = new AbortController();
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    navigator.locks
      .request(share, { signal: lock.signal }, () => {
        holding = true;
        dial();
        return held;
      })
      .catch(() => undefined);
  }

  function stop(): void {
    clearTimeout(timer);
    connection?.close();
    connection = undefined;
    holding = false;
    lock?.abort();
    release?.();
    channel?.close();
    state = "connecting";
  }

  // A page kept for the Back button must not hold a connection, and picks up where it left.
  function onPageHide(): void {
    stop();
  }
  function onPageShow(event: PageTransitionEvent): void {
    if (event.persisted) start();
  }
  function onOnline(): void {
    if (holding && state === "connecting") dial();
  }
  addEventListener("pagehide", onPageHide);
  addEventListener("pageshow", onPageShow);
  addEventListener("online", onOnline);
  start();

  return {
    isHolder: () => holding,
    close: () => {
      removeEventListener("pagehide", onPageHide);
      removeEventListener("pageshow", onPageShow);
      removeEventListener("online", onOnline);
      stop();
    },
  };
}
