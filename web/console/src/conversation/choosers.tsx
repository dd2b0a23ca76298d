import type { Conversation } from "@chatham/client";
import { useMemo, useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useStore } from "../core/store";
import { dateAndTime } from "../core/time";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Field } from "../kit/field";
import { type Choice, Picker } from "../kit/picker";
import { agents, getMe } from "../session/state";
import { assign, snooze } from "./actions";
import { listMoments } from "./snooze";

export function AssignPicker(props: { conversation: Conversation; onClose: () => void }) {
  const { conversation, onClose } = props;
  const team = useStore(agents, (now) => now);
  const me = getMe()?.id;
  const choices: Choice[] = team
    .filter((agent) => agent.state === "active")
    .sort(
      (a, b) => Number(b.id === me) - Number(a.id === me) || Number(b.online) - Number(a.online),
    )
    .map((agent) => ({
      id: agent.id,
      text: agent.id === me ? t("assign.me", { name: agent.name }) : agent.name,
      hint: agent.online ? t(`availability.${agent.availability}`) : t("availability.offline"),
      icon: agent.id === conversation.assignee_id ? "check" : "mine",
      run: () => void assign(conversation.id, agent.id),
    }));
  if (conversation.assignee_id) {
    choices.push({
      id: "nobody",
      text: t("assign.nobody"),
      icon: "unassigned",
      run: () => void assign(conversation.id, null),
    });
  }
  return (
    <Picker
      label={t("assign.title")}
      placeholder={t("assign.placeholder")}
      choices={choices}
      onClose={onClose}
    />
  );
}

interface SnoozePickerProps {
  conversation: Conversation;
  onClose: () => void;
  onCustom: () => void;
}

export function SnoozePicker({ conversation, onClose, onCustom }: SnoozePickerProps) {
  const choices = useMemo<Choice[]>(
    () => [
      ...listMoments(new Date()).map(({ id, at }) => ({
        id,
        text: t(`snooze.${id}`),
        hint: dateAndTime(at.getTime() * 1000),
        icon: "snooze" as const,
        run: () => void snooze(conversation.id, at.getTime() * 1000),
      })),
      { id: "custom", text: t("snooze.custom"), icon: "clock", run: onCustom },
    ],
    [conversation.id, onCustom],
  );
  return (
    <Picker
      label={t("snooze.title")}
      placeholder={t("snooze.placeholder")}
      choices={choices}
      onClose={onClose}
    />
  );
}

export function SnoozeDialog(props: { conversation: Conversation; onClose: () => void }) {
  const [text, setText] = useState("");
  const at = text === "" ? Number.NaN : new Date(text).getTime();
  const isPast = at <= Date.now();
  const submit = (event: Event) => {
    event.preventDefault();
    if (Number.isNaN(at) || isPast) return;
    void snooze(props.conversation.id, at * 1000);
    props.onClose();
  };
  return (
    <Dialog title={t("snooze.customTitle")} onClose={props.onClose}>
      <form onSubmit={submit}>
        <Field
          label={t("snooze.until")}
          type="datetime-local"
          required
          value={text}
          error={isPast ? t("snooze.past") : undefined}
          hint={t("snooze.wakes")}
          onInput={setText}
        />
        <div class="dialog-foot">
          <Button onClick={props.onClose}>{t("common.cancel")}</Button>
          <Button kind="primary" type="submit">
            {t("command.snooze")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
