// Which conversations stand in a list, and in what order: who waits longest comes first.
import type { Conversation, ConversationState, InboxView, Message } from "@chatham/client";

export function isListed(
  conversation: Conversation,
  view: InboxView,
  state: ConversationState,
  me: string | undefined,
): boolean {
  if (conversation.state !== state) return false;
  if (view === "mine") return conversation.assignee_id === me;
  if (view === "unassigned") return !conversation.assignee_id;
  return true;
}

const PREVIEW_LENGTH = 120;

/** What the list shows of a conversation once this message stands in it. */
export function afterMessage(conversation: Conversation, message: Message): Conversation {
  const { kind, author, body, seq, created_at } = message;
  const next: Conversation = {
    ...conversation,
    last_seq: seq,
    last_message_at: created_at,
    last_message: {
      kind,
      author_kind: author.kind,
      preview: Array.from(body).slice(0, PREVIEW_LENGTH).join(""),
    },
  };
  if (author.kind === "visitor") {
    next.unread += 1;
    next.waiting_since = conversation.waiting_since ?? created_at;
  } else if (author.kind === "agent" && kind === "message") {
    next.waiting_since = null;
  }
  return next;
}

export function compareForInbox(a: Conversation, b: Conversation): number {
  const waitsA = a.waiting_since ?? Number.POSITIVE_INFINITY;
  const waitsB = b.waiting_since ?? Number.POSITIVE_INFINITY;
  if (waitsA !== waitsB) return waitsA < waitsB ? -1 : 1;
  if (a.last_message_at !== b.last_message_at) return b.last_message_at - a.last_message_at;
  return a.id < b.id ? 1 : -1;
}

const FIRST_WARNING_MS = 2 * 60_000;
const LATE_MS = 5 * 60_000;

/** How pressing a wait is: calm, then amber, then red. */
export function urgency(waitingMs: number): "calm" | "soon" | "late" {
  if (waitingMs >= LATE_MS) return "late";
  return waitingMs >= FIRST_WARNING_MS ? "soon" : "calm";
}
