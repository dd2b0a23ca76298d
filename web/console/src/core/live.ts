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

function spread({ event, data }: StreamEvent, to: LiveHandlers): void {
  switch (event) {
    case "message.created":
      return to.onMessage(data.message as Message);
    case "conversation.created":
    case "conversation.updated":
      return to.onConversation(data.conversation as Conversation, event.endsWith("created"));
    case "conversation.read":
      return to.onRead(
        text(data.conversation_id),
        text(data.reader),
        Number(data.read_seq) || 0,
        Number(data.delivered_seq) || 0,
      );
    case "typing":
      return to.onTyping(text(data.conversation_id), data.author as { kind: string });
    case "presence":
    case "availability.changed":
      return to.onPresence(data);
    case "person.erased":
      return to.onErased(data.conversation_ids as string[]);
    case "person.updated":
      return to.onPerson(text(data.person_id));
    case "site.seen":
      return to.onSiteSeen(text(data.site_id), text(data.origin), Number(data.at) || 0);
    case "hello":
      // A stream that resumes brings what was missed; only a first one needs the state read.
      if (isGreeted) return undefined;
      isGreeted = true;
      return to.onRefresh();
    case "gap":
      return to.onRefresh();
    case "session.ended":
      return to.onEnded();
    default:
      return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
