// The messages of the conversations that were opened here: what came, what is on its way.
import { api, type Message, ProblemError } from "@chatham/client";
import { createOutbox, type Failure, type Outbox, type Pending } from "@chatham/ui/outbox";
import { createStore } from "../core/store";
import { hasCode } from "../core/wording";
import { joinPage, mergeMessages } from "./merge";

export interface Draft {
  kind: "message" | "note";
  body: string;
  /** The last message the writer had seen; absent when the writer chose to send all the same. */
  seenSeq?: number;
}

export interface Thread {
  messages: readonly Message[];
  pending: readonly Pending<Draft>[];
  hasMore: boolean;
  status: "loading" | "ready" | "older";
  error: unknown;
}

const PAGE_LENGTH = 50;
const THREADS_MAX = 20;

const nothing: Thread = {
  messages: [],
  pending: [],
  hasMore: false,
  status: "loading",
  error: undefined,
};
export const threads = createStore<ReadonlyMap<string, Thread>>(new Map());
const outboxes = new Map<string, Outbox<Draft>>();

export function threadOf(all: ReadonlyMap<string, Thread>, id: string): Thread {
  return all.get(id) ?? nothing;
}

function change(id: string, next: (now: Thread) => Thread): void {
  threads.update((all) => {
    const map = new Map(all);
    const now = map.get(id) ?? nothing;
    map.delete(id);
    map.set(id, next(now));
    return trim(map);
  });
}

/** The oldest threads are read again when they are opened again; one with unsent words stays. */
function trim(map: Map<string, Thread>): Map<string, Thread> {
  for (const [id, thread] of map) {
    if (map.size <= THREADS_MAX) break;
    if (thread.pending.length === 0) map.delete(id);
  }
  return map;
}

export async function openThread(id: string): Promise<void> {
  // From here on the stream's messages are kept too: the page may be older than they are.
  change(id, (now) => now);
  try {
    const page = await api.conversations.messages(id, undefined, PAGE_LENGTH);
    // Erased meanwhile.
    if (!threads.get().has(id)) return;
    change(id, (now) => {
      const { messages, keepsOlder } = joinPage(now.messages, page.messages);
      const hasMore = keepsOlder ? now.hasMore : page.has_more;
      return { ...now, messages, hasMore, status: "ready", error: undefined };
    });
  } catch (error) {
    change(id, (now) => ({ ...now, status: "ready", error }));
  }
}

export async function readOlder(id: string): Promise<void> {
  const thread = threadOf(threads.get(), id);
  const first = thread.messages[0];
  if (!thread.hasMore || thread.status !== "ready" || !first) return;
  change(id, (now) => ({ ...now, status: "older" }));
  try {
    const page = await api.conversations.messages(id, first.seq, PAGE_LENGTH);
    change(id, (now) => ({
      ...now,
      messages: mergeMessages(page.messages, now.messages),
      hasMore: page.has_more,
      status: "ready",
    }));
  } catch (error) {
    change(id, (now) => ({ ...now, status: "ready", error }));
  }
}

/** A message that came by the stream or as the answer to a send. */
export function putMessage(message: Message): void {
  const id = message.conversation_id;
  const thread = threads.get().get(id);
  if (!thread) return;
  if (message.client_msg_id) outboxes.get(id)?.drop(message.client_msg_id);
  const last = thread.messages.at(-1)?.seq ?? 0;
  change(id, (now) => ({ ...now, messages: mergeMessages(now.messages, [message]) }));
  if (thread.status !== "loading" && message.seq > last + 1) void openThread(id);
}

export function forgetThreads(ids: readonly string[]): void {
  for (const id of ids) {
    outboxes.get(id)?.clear();
    outboxes.delete(id);
  }
  threads.update((all) => new Map([...all].filter(([id]) => !ids.includes(id))));
}

/** Reads every open thread anew, and sends what waits for the connection. */
export function refreshThreads(): void {
  for (const id of threads.get().keys()) void openThread(id);
  resumeSending();
}

export function resumeSending(): void {
  for (const outbox of outboxes.values()) outbox.resume();
}

export function outboxOf(id: string): Outbox<Draft> {
  const known = outboxes.get(id);
  if (known) return known;
  const made = createOutbox<Draft>({
    send: (item) => send(id, item),
    judge,
    onChange: (pending) => change(id, (now) => ({ ...now, pending })),
  });
  outboxes.set(id, made);
  return made;
}

async function send(id: string, item: Pending<Draft>): Promise<void> {
  const { kind, body, seenSeq } = item.payload;
  try {
    const answer = await api.conversations.write(id, {
      client_msg_id: item.clientMsgId,
      kind,
      body,
      ...(kind === "message" && seenSeq !== undefined ? { seen_seq: seenSeq } : {}),
    });
    putMessage(answer.message);
  } catch (error) {
    // The colleague's words must be there before the writer is asked about them.
    if (hasCode(error, "newer_reply")) await openThread(id);
    throw error;
  }
}

const passing = new Set(["unreachable", "unavailable", "disk_full", "too_many_requests"]);

function judge(error: unknown): Failure {
  if (!(error instanceof ProblemError)) return { code: "unexpected", again: "never" };
  const { code, status, retry_after_s } = error.problem;
  if (code === "newer_reply") return { code, again: "hold" };
  if (!passing.has(code) && status < 500) return { code, again: "never" };
  return typeof retry_after_s !== "number"
    ? { code, again: "later" }
    : { code, again: "later", waitMs: retry_after_s * 1000 };
}
