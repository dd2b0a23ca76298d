// Messages on their way: shown at once, sent one after the other in the order of writing, each
// with an id of its own so that a repeated send is the same message, and kept until answered.

/** How far a message of one's own has come. */
export type SendState = "sending" | "sent" | "delivered" | "read" | "failed";

/** What the sender makes of a refusal. */
export interface Failure {
  /** The problem's code; `offline` when there was no answer. */
  readonly code: string;
  /**
   * `later`: tried again by itself, after `waitMs` or on `resume`; `never`: only by `retry`;
   * `hold`: this and all after it wait for `retry` or `drop`.
   */
  readonly again: "later" | "never" | "hold";
  readonly waitMs?: number;
}

/** One message that has no answer yet. */
export interface Pending<T> {
  readonly clientMsgId: string;
  readonly payload: T;
  /** In microseconds, by this browser's clock. */
  readonly createdAt: number;
  readonly failure?: Failure;
}

export interface OutboxOptions<T> {
  /** Sends one message; rejects when it was not taken. */
  readonly send: (item: Pending<T>) => Promise<void>;
  /** Reads a rejection. */
  readonly judge: (error: unknown) => Failure;
  /** Hears all pending messages, in order, after each change. */
  readonly onChange: (items: readonly Pending<T>[]) => void;
  /** Messages left over from the page before. */
  readonly saved?: readonly Pending<T>[];
}

export interface Outbox<T> {
  /** Queues a message and gives its id. */
  readonly add: (payload: T) => string;
  /** Sends again what failed. */
  readonly retry: (clientMsgId: string) => void;
  /** Tries now what waits for a connection, in order. */
  readonly resume: () => void;
  /** Takes a message back, or off the list when its answer came by another way. */
  readonly drop: (clientMsgId: string) => void;
  /** Forgets everything. */
  readonly clear: () => void;
}

const AGAIN_FIRST_MS = 1000;
const AGAIN_MS_MAX = 30_000;

/** Makes an empty queue, or one with what was saved of the page before. */
export function createOutbox<T>(options: OutboxOptions<T>): Outbox<T> {
  let items: readonly Pending<T>[] = options.saved ?? [];
  let isBusy = false;
  let misses = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function change(next: readonly Pending<T>[]): void {
    items = next;
    options.onChange(items);
  }
  function setFailure(clientMsgId: string, failure?: Failure): void {
    change(
      items.map((item) => {
        if (item.clientMsgId !== clientMsgId) return item;
        const { failure: _, ...rest } = item;
        return failure ? { ...rest, failure } : rest;
      }),
    );
  }

  async function pump(): Promise<void> {
    if (isBusy) return;
    const next = items.find((item) => item.failure?.again !== "never");
    if (!next || next.failure) return;
    isBusy = true;
    let failure: Failure | undefined;
    try {
      await options.send(next);
    } catch (error) {
      failure = options.judge(error);
    }
    isBusy = false;
    if (!failure) {
      misses = 0;
      drop(next.clientMsgId);
      return;
    }
    setFailure(next.clientMsgId, failure);
    if (failure.again === "later") {
      const backoff = Math.min(AGAIN_MS_MAX, AGAIN_FIRST_MS * 2 ** Math.min(misses, 10));
      misses += 1;
      clearTimeout(timer);
      timer = setTimeout(resume, failure.waitMs ?? backoff * (0.5 + Math.random() / 2));
    }
    void pump();
  }

  function resume(): void {
    clearTimeout(timer);
    const first = items.find((item) => item.failure?.again !== "never");
    if (first?.failure?.again === "later") setFailure(first.clientMsgId);
    void pump();
  }

  function drop(clientMsgId: string): void {
    const rest = items.filter((item) => item.clientMsgId !== clientMsgId);
    if (rest.length !== items.length) change(rest);
    void pump();
  }

  return {
    add(payload) {
      const clientMsgId = createUuid();
      change([...items, { clientMsgId, payload, createdAt: Date.now() * 1000 }]);
      void pump();
      return clientMsgId;
    },
    retry(clientMsgId) {
      setFailure(clientMsgId);
      void pump();
    },
    resume,
    drop,
    clear() {
      clearTimeout(timer);
      change([]);
    },
  };
}

/** A random UUID; `crypto.randomUUID` is missing on pages without TLS. */
export function createUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte, at) => {
    const marked = at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte;
    return marked.toString(16).padStart(2, "0");
  });
  return hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
