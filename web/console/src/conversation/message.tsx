import type { Conversation, Message } from "@chatham/client";
import { t, tCode } from "../core/i18n";
import { clock, dateAndTime } from "../core/time";
import { nameOf } from "../inbox/row";
import { Icon } from "../kit/icon";
import { RichText } from "../kit/rich-text";
import { nameOfAgent } from "../session/state";

interface MessageProps {
  message: Message;
  conversation: Conversation;
  startsGroup: boolean;
  isLast: boolean;
}

export function authorName(message: Message, conversation: Conversation): string {
  const { author } = message;
  if (author.kind === "visitor") return nameOf(conversation);
  if (author.kind === "system") return t("app.name");
  return author.name || nameOfAgent(author.id) || t("conversation.agent");
}

export function MessageLine(props: MessageProps) {
  const { message } = props;
  if (message.kind === "system") return <SystemLine {...props} />;
  const side = message.kind === "note" ? "note" : message.author.kind;
  const name = authorName(message, props.conversation);
  const time = clock(message.created_at);
  return (
    <div class={`message message-${side}${props.startsGroup ? " message-first" : ""}`}>
      <span class="unseen">
        {message.kind === "note"
          ? t("conversation.noteBy", { name, time })
          : t("conversation.by", { name, time })}
      </span>
      {props.startsGroup && (
        <p class="message-head" aria-hidden="true">
          {message.kind === "note" && <Icon name="lock" size={13} />}
          <bdi>{name}</bdi>
          {message.kind === "note" && <span>{t("conversation.onlyTeam")}</span>}
        </p>
      )}
      <div class="bubble" title={dateAndTime(message.created_at)}>
        <p dir="auto">
          <RichText text={message.body} />
        </p>
        <span class="bubble-foot">
          <time aria-hidden="true">{time}</time>
          {side === "agent" && <Progress {...props} />}
        </span>
      </div>
    </div>
  );
}

function Progress({ message, conversation, isLast }: MessageProps) {
  const state = progressOf(message, conversation);
  return (
    <>
      <span class={`progress progress-${state}`}>
        <Icon name={state === "sent" ? "check" : "checks"} size={13} />
      </span>
      <span class={isLast ? undefined : "unseen"}>{t(`progress.${state}`)}</span>
    </>
  );
}

function progressOf(message: Message, conversation: Conversation): "sent" | "delivered" | "read" {
  if (conversation.visitor_read_seq >= message.seq) return "read";
  return conversation.visitor_delivered_seq >= message.seq ? "delivered" : "sent";
}

function SystemLine({ message, conversation }: MessageProps) {
  const isKnown = tCode("system", message.body, "") !== "";
  const name = message.author.kind === "system" ? "" : authorName(message, conversation);
  return (
    <p class="system-line">
      <span>{isKnown ? tCode("system", message.body) : message.body}</span>
      {name && <bdi> · {name}</bdi>}
      <time> · {clock(message.created_at)}</time>
    </p>
  );
}
