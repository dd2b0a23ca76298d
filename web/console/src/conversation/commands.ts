import type { Conversation } from "@chatham/client";
import { type Command, useCommands } from "../command/registry";
import { focusComposer, sendFromComposer } from "../composer/focus";
import { t } from "../core/i18n";
import { openNext } from "../inbox/commands";
import { goTo, type InboxPlace } from "../inbox/place";
import { getMe, may } from "../session/state";
import { assign, reopen, resolve, setBlocked } from "./actions";
import { askMinor } from "./minor";
import type { Reading } from "./reading";

export type Chooser = "assign" | "snooze" | "snoozeAt";

interface Wiring {
  conversation: Conversation;
  place: InboxPlace;
  onPerson: () => void;
  onChoose: (chooser: Chooser) => void;
  reading: Reading;
}

export async function resolveAndNext(id: string): Promise<void> {
  openNext(id);
  await resolve(id);
}

export function useConversationCommands(wiring: Wiring): void {
  const { onPerson, reading } = wiring;
  const seeing: Command[] = [
    {
      id: "conversation.person",
      group: "conversation",
      title: t("command.person"),
      keys: "i",
      icon: "person",
      run: onPerson,
    },
    {
      id: "conversation.unread",
      group: "conversation",
      title: t("command.unread"),
      keys: "u",
      icon: "unread",
      run: () => {
        reading.markUnread();
        goTo({ conversationId: undefined });
      },
    },
  ];
  useCommands(may("answer") ? [...seeing, ...listAnswering(wiring)] : seeing);
}

function listAnswering({ conversation, onChoose }: Wiring): Command[] {
  const { id, state, visitor } = conversation;
  const group = "conversation" as const;
  const me = getMe()?.id ?? null;
  const commands: Command[] = [
    {
      id: "write.reply",
      group: "write",
      title: t("command.reply"),
      keys: "r",
      icon: "reply",
      run: () => focusComposer("message"),
    },
    {
      id: "write.note",
      group: "write",
      title: t("command.note"),
      keys: "n",
      icon: "note",
      run: () => focusComposer("note"),
    },
    {
      id: "write.send",
      group: "write",
      title: t("command.send"),
      keys: "Mod+Enter",
      keyOnly: true,
      run: sendFromComposer,
    },
    {
      id: "conversation.assign",
      group,
      title: t("command.assign"),
      keys: "a",
      icon: "assign",
      run: () => onChoose("assign"),
    },
    {
      id: "conversation.block",
      group,
      title: t(visitor.blocked ? "command.unblock" : "command.block"),
      icon: "block",
      run: () => void setBlocked(conversation, !visitor.blocked),
    },
    {
      id: "conversation.minor",
      group,
      title: t("command.minor"),
      keys: "Shift+M",
      icon: "lock",
      run: () => askMinor(conversation),
    },
  ];
  if (conversation.assignee_id !== me) {
    commands.push({
      id: "conversation.mine",
      group,
      title: t("command.assignMe"),
      icon: "mine",
      run: () => void assign(id, me),
    });
  }
  if (state !== "resolved") {
    commands.push(
      {
        id: "conversation.snooze",
        group,
        title: t("command.snooze"),
        keys: "s",
        icon: "snooze",
        run: () => onChoose("snooze"),
      },
      {
        id: "conversation.resolve",
        group,
        title: t("command.resolve"),
        keys: "e",
        icon: "check",
        run: () => void resolve(id),
      },
      {
        id: "conversation.resolveNext",
        group,
        title: t("command.resolveNext"),
        keys: "Shift+E",
        icon: "checks",
        run: () => void resolveAndNext(id),
      },
    );
  }
  if (state !== "open") {
    commands.push({
      id: "conversation.reopen",
      group,
      title: t("command.reopen"),
      icon: "reopen",
      run: () => void reopen(id),
    });
  }
  return commands;
}
