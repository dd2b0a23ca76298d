// The event stream, carried into the state of the screens.
import type { Conversation, Message } from "@chatham/client";
import { openStream, type Stream, type StreamEvent, type StreamState } from "@chatham/ui/stream";
import { createStore } from "./store";

export type LiveState = "connecting" | "open" | "ended";

export const live = createStore<LiveState>("connecting");

/** What the parts of the console do with the events that concern them. */
export interface LiveHandlers {
  onMessage: (message: Message) => void;
  onConversation: (conversation: Conversation, isNew: boolean) => void;
  onRead: (id: string, reader: string, readSeq: number, deliveredSeq: number) => void;
  onTyping: (id: string, author: { kind: string; id?: string; name?: string }) => void;
  onPresence: (data: Record<string, unknown>) => void;
  onErased: (conversationIds: string[]) => void;
  onFrozen: (conversationIds: string[]) => void;
  onPerson: (personId: string) => void;
  onSiteSeen: (siteId: string, origin: string, at: number) => void;
  onRefresh: () => void;
  onEnded: () => void;
}

let stream: Stream | undefined;
let isGreeted = false;

export function startLive(handlers: LiveHandlers): () => void {
  isGreeted = false;
  stream = openStream({
    base: "",
    share: "chatham.console",
    onEvent: (event) => spread(event, handlers),
    onState: (state: StreamState) => {
      live.set(state);
      if (state === "ended") handlers.onEnded();
    },
  });
  return () => {
    stream?.close();
    stream = undefined;
    live.set("connecting");
  };
}

/** Whether this tab speaks for all: sounds and notices come once. */
export function isSpeaker(): boolean {
  return stream?.isHolder() ?? true;
}

type Data = StreamEvent["data"];

const readers: Record<string, (to: LiveHandlers, data: Data) => void> = {
  "message.created": (to, data) => to.onMessage(data.message as Message),
  "conversation.created": (to, data) => to.onConversation(data.conversation as Conversation, true),
  "conversation.updated": (to, data) => to.onConversation(data.conversation as Conversation, false),
  "conversation.read": (to, data) =>
    to.onRead(
      text(data.conversation_id),
      text(data.reader),
      Number(data.read_seq) || 0,
      Number(data.delivered_seq) || 0,
    ),
  typing: (to, data) => to.onTyping(text(data.conversation_id), data.author as { kind: string }),
  presence: (to, data) => to.onPresence(data),
  "person.erased": (to, data) => to.onErased(data.conversation_ids as string[]),
  "person.frozen": (to, data) => to.onFrozen(data.conversation_ids as string[]),
  "person.updated": (to, data) => to.onPerson(text(data.person_id)),
  "site.seen": (to, data) =>
    to.onSiteSeen(text(data.site_id), text(data.origin), Number(data.at) || 0),
  hello: (to) => {
    // A stream that resumes brings what was missed; only a first one needs the state read.
    if (!isGreeted) to.onRefresh();
    isGreeted = true;
  },
  gap: (to) => to.onRefresh(),
  "session.ended": (to) => to.onEnded(),
};

/** Events that this console does not know are for a newer one. */
function spread({ event, data }: StreamEvent, to: LiveHandlers): void {
  readers[event]?.(to, data);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
