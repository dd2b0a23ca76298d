// What tells an agent of news: a tone, a notice of the desktop, the number in the title and on the icon.
import type { Conversation, Message } from "@chatham/client";
import { t } from "../core/i18n";
import { isSpeaker } from "../core/live";
import { prefs } from "../core/prefs";
import { goTo } from "../inbox/place";
import { conversations, unreadTotal } from "../inbox/state";
import { getMe } from "../session/state";
import { play } from "./sound";

export function noticeConversation(conversation: Conversation): void {
  if (!concernsMe(conversation)) return;
  notice("conversation", conversation.id);
}

export function noticeMessage(message: Message): void {
  const conversation = conversations.get().get(message.conversation_id);
  if (message.author.kind !== "visitor" || !conversation || !concernsMe(conversation)) return;
  if (message.seq > 1) notice("message", message.conversation_id);
}

function concernsMe(conversation: Conversation): boolean {
  return !conversation.assignee_id || conversation.assignee_id === getMe()?.id;
}

function notice(kind: "conversation" | "message", conversationId: string): void {
  if (!isSpeaker() || getMe()?.availability === "away") return;
  play(kind);
  if (!prefs.get().desktop || document.hasFocus()) return;
  if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
  // The desktop and whatever it is mirrored to learn that there is news, never what it says.
  const shown = new Notification(t(`notice.${kind}`), {
    body: t("notice.body"),
    tag: conversationId,
    icon: "/console/icons/192.png",
  });
  shown.onclick = () => {
    window.focus();
    goTo({ conversationId });
    shown.close();
  };
}

export type DesktopState = "granted" | "denied" | "default" | "missing";

export function desktopState(): DesktopState {
  return "Notification" in globalThis ? Notification.permission : "missing";
}

export async function askForDesktop(): Promise<DesktopState> {
  if (!("Notification" in globalThis)) return "missing";
  return Notification.requestPermission();
}

/** Keeps the number of unread conversations in the title and on the icon of the installed console. */
export function watchTitle(place: () => string): () => void {
  const write = () => {
    const count = unreadTotal.get();
    document.title = count > 0 ? `(${count}) ${place()}` : place();
    if (!("setAppBadge" in navigator)) return;
    const done = count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge();
    done.catch(() => undefined);
  };
  write();
  return unreadTotal.subscribe(write);
}
