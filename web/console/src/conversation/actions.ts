// What an agent does with a conversation: shown at once, taken back with a word if the server refuses.
import { api, type Conversation } from "@chatham/client";
import { t } from "../core/i18n";
import { wordError } from "../core/wording";
import { conversations, patchConversation, putConversation } from "../inbox/state";
import { toast } from "../kit/toast";

async function act(
  id: string,
  change: Partial<Conversation>,
  send: () => Promise<{ conversation: Conversation }>,
): Promise<boolean> {
  const before = conversations.get().get(id);
  if (!before) return false;
  putConversation({ ...before, ...change });
  try {
    const answer = await send();
    putConversation(answer.conversation);
    return true;
  } catch (error) {
    putConversation(before);
    toast(wordError(error), "danger");
    return false;
  }
}

export function assign(id: string, assigneeId: string | null): Promise<boolean> {
  return act(id, { assignee_id: assigneeId }, () => api.conversations.assign(id, assigneeId));
}

export function snooze(id: string, until: number): Promise<boolean> {
  return act(id, { state: "snoozed", snoozed_until: until }, () =>
    api.conversations.snooze(id, until),
  );
}

export function resolve(id: string): Promise<boolean> {
  return act(id, { state: "resolved", waiting_since: null }, () => api.conversations.resolve(id));
}

export function reopen(id: string): Promise<boolean> {
  return act(id, { state: "open" }, () => api.conversations.reopen(id));
}

export async function setBlocked(conversation: Conversation, blocked: boolean): Promise<void> {
  const { id, person_id, visitor } = conversation;
  patchConversation(id, { visitor: { ...visitor, blocked } });
  try {
    await (blocked ? api.people.block(person_id) : api.people.unblock(person_id));
    toast(blocked ? t("visitor.blockedNow") : t("visitor.unblockedNow"));
  } catch (error) {
    patchConversation(id, { visitor });
    toast(wordError(error), "danger");
  }
}
