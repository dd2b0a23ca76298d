import type { Conversation } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { goTo } from "../inbox/place";
import { IconButton } from "../kit/button";
import { type Choice, Picker } from "../kit/picker";
import { getMe } from "../session/state";
import { assign, reopen, setBlocked } from "./actions";
import { resolveAndNext } from "./commands";
import { askMinor } from "./minor";

interface MoreMenuProps {
  conversation: Conversation;
  onUnread: () => void;
}

export function MoreMenu({ conversation, onUnread }: MoreMenuProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton
        icon="more"
        label={t("common.more")}
        expanded={open}
        onClick={() => setOpen(true)}
      />
      {open && (
        <Picker
          label={t("common.more")}
          placeholder={t("palette.placeholder")}
          choices={listChoices(conversation, onUnread)}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

function listChoices(conversation: Conversation, onUnread: () => void): Choice[] {
  const { id, state, visitor } = conversation;
  const me = getMe()?.id ?? null;
  const choices: Choice[] = [];
  if (conversation.assignee_id !== me) {
    choices.push({
      id: "mine",
      text: t("command.assignMe"),
      icon: "mine",
      run: () => void assign(id, me),
    });
  }
  if (state !== "resolved") {
    choices.push({
      id: "next",
      text: t("command.resolveNext"),
      icon: "checks",
      keys: "Shift+E",
      run: () => void resolveAndNext(id),
    });
  }
  if (state !== "open") {
    choices.push({
      id: "reopen",
      text: t("command.reopen"),
      icon: "reopen",
      run: () => void reopen(id),
    });
  }
  choices.push(
    {
      id: "unread",
      text: t("command.unread"),
      icon: "unread",
      keys: "u",
      run: () => {
        onUnread();
        goTo({ conversationId: undefined });
      },
    },
    {
      id: "block",
      text: t(visitor.blocked ? "command.unblock" : "command.block"),
      hint: visitor.blocked ? "" : t("visitor.blockHint"),
      icon: "block",
      run: () => void setBlocked(conversation, !visitor.blocked),
    },
    {
      id: "minor",
      text: t("command.minor"),
      hint: t("minor.hint"),
      icon: "lock",
      keys: "Shift+M",
      run: () => askMinor(conversation),
    },
  );
  return choices;
}
