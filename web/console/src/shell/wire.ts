// Ties the event stream to the parts of the console.
import { api, type Conversation, type Message } from "@chatham/client";
import { forgetDrafts, hasUnsentWords } from "../composer/drafts";
import { forgetThreads, putMessage, refreshThreads, resumeSending } from "../conversation/thread";
import { endTyping, putTyping } from "../conversation/typing";
import { t } from "../core/i18n";
import { isSpeaker, live, startLive } from "../core/live";
import { getRoute } from "../core/router";
import { goTo } from "../inbox/place";
import {
  conversations,
  findConversation,
  followMessage,
  forgetConversations,
  patchConversation,
  putConversation,
  readListing,
} from "../inbox/state";
import { toast } from "../kit/toast";
import { noticeConversation, noticeMessage } from "../notify/notify";
import { putPersonNews } from "../person/state";
import { putPresence } from "../session/presence";
import { endSession, loadAgents } from "../session/state";
import { putSeen } from "../settings/install/seen";

export function connectLive(): () => void {
  const stopLive = startLive({
    onMessage,
    onConversation,
    onRead,
    onTyping: putTyping,
    onPresence: putPresence,
    onErased: (ids) => leave(ids, t("erase.gone")),
    onFrozen: (ids) => leave(ids, t("minor.gone")),
    onPerson: putPersonNews,
    onSiteSeen: putSeen,
    onRefresh,
    onEnded: endSession,
  });
  const stopResume = live.subscribe(() => {
    if (live.get() === "open") resumeSending();
  });
  addEventListener("beforeunload", warnOfUnsent);
  return () => {
    removeEventListener("beforeunload", warnOfUnsent);
    stopResume();
    stopLive();
  };
}

function onMessage(message: Message): void {
  endTyping(message.conversation_id, message.author.id ?? message.author.kind);
  putMessage(message);
  followMessage(message);
  noticeMessage(message);
  tellDelivered(message);
}

/** One tab says for all that a visitor's words have come. */
function tellDelivered(message: Message): void {
  if (message.author.kind !== "visitor" || !isSpeaker()) return;
  api.conversations.delivered(message.conversation_id, message.seq).catch(() => {
    // The next message says it for this one too.
  });
}

function onConversation(conversation: Conversation, isNew: boolean): void {
  putConversation(conversation);
  if (isNew) noticeConversation(conversation);
}

function onRead(id: string, reader: string, readSeq: number, deliveredSeq: number): void {
  const known = conversations.get().get(id);
  if (!known) return;
  if (reader !== "visitor") {
    if (readSeq >= known.last_seq) patchConversation(id, { unread: 0 });
    return;
  }
  patchConversation(id, {
    visitor_read_seq: Math.max(known.visitor_read_seq, readSeq),
    visitor_delivered_seq: Math.max(known.visitor_delivered_seq, deliveredSeq, readSeq),
  });
}

/** A person was erased or is a minor: everything of theirs leaves this screen and this memory. */
function leave(ids: string[], words: string): void {
  const open = getRoute().path[0] === "inbox" ? getRoute().path[1] : undefined;
  forgetThreads(ids);
  forgetDrafts(ids);
  forgetConversations(ids);
  if (open && ids.includes(open)) {
    goTo({ conversationId: undefined }, "replace");
    toast(words);
  }
}

/** First greeting, or a gap too long to bridge: everything shown is read anew. */
function onRefresh(): void {
  const open = getRoute().path[0] === "inbox" ? getRoute().path[1] : undefined;
  void readListing();
  refreshThreads();
  void loadAgents().catch(() => undefined);
  if (open) void findConversation(open, "again").catch(() => undefined);
}

function warnOfUnsent(event: BeforeUnloadEvent): void {
  if (hasUnsentWords()) event.preventDefault();
}
