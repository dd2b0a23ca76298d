import type { Pending, SendState } from "@chatham/ui/outbox";
import { formatTime } from "@chatham/ui/time";
import type { Conversation, Message } from "../contract";
import { type Draft, type Key, sayProblem } from "../core";
import { splitLinks } from "../text";
import type { Widget } from "../widget";

/** The text of a message: nothing of it is ever read as markup. */
function Body({ text }: { text: string }) {
  return (
    <p class="bubble" dir="auto">
      {splitLinks(text).map((run) =>
        run.href ? (
          <a href={run.href} target="_blank" rel="noopener noreferrer nofollow">
            {run.text}
          </a>
        ) : (
          run.text
        ),
      )}
    </p>
  );
}

function getSendState(message: Message, conversation: Conversation | undefined): SendState {
  if (message.seq <= (conversation?.agent_read_seq ?? 0)) return "read";
  return message.seq <= (conversation?.agent_delivered_seq ?? 0) ? "delivered" : "sent";
}

export function MessageLine({
  w,
  message,
  isSameAuthor,
  conversation,
  time,
  isTimed,
}: {
  w: Widget;
  message: Message;
  isSameAuthor: boolean;
  conversation: Conversation | undefined;
  time: string;
  isTimed: boolean;
}) {
  const { t, state } = w;
  const isMine = message.author.kind === "visitor";
  const name = isMine ? t("you") : message.author.name || state.config?.name || "";
  const lastMine = state.messages.findLast((it) => it.author.kind === "visitor");
  return (
    <li class={`${isMine ? "mine" : "theirs"}${isSameAuthor ? " same" : ""}`}>
      {!isMine && !isSameAuthor && (
        <span class="by" aria-hidden="true">
          <bdi>{name}</bdi>
        </span>
      )}
      <span class="sr">{t("said", { name, time })}</span>
      <Body text={message.body} />
      {(isTimed || message === lastMine) && (
        <span class="at" aria-live="off">
          <time aria-hidden="true">{time}</time>
          {message === lastMine && ` · ${t(getSendState(message, conversation))}`}
        </span>
      )}
    </li>
  );
}

/** A message that has no answer yet, or a refusal. */
export function PendingLine({ w, item }: { w: Widget; item: Pending<Draft> }) {
  const { t } = w;
  const { failure, payload } = item;
  const isOver = failure?.code === "conversation_resolved";
  return (
    <li class="mine">
      <span class="sr">
        {t("said", { name: t("you"), time: formatTime(item.createdAt, w.locale) })}
      </span>
      <Body text={payload.body} />
      {!failure && <span class="at">{t("sending")}</span>}
      {failure?.again === "hold" && <span class="at">{t("failed")}</span>}
      {failure && failure.again !== "hold" && (
        <span class="at failed">
          <span role="alert">
            {failure.again === "never" && `${t("failed")} `}
            {sayProblem(t, failure.code, (failure.waitMs ?? 0) / 1000)}
          </span>
          {failure.code !== "too_many_requests" && (
            <button type="button" onClick={() => w.getRoom()?.sending.retry(item)}>
              {t(isOver ? "sendNew" : "retry")}
            </button>
          )}
          <button type="button" onClick={() => w.getRoom()?.sending.discard(item)}>
            {t("discard")}
          </button>
        </span>
      )}
    </li>
  );
}

const SYSTEM_KEYS: Readonly<Record<string, Key>> = {
  ended_by_visitor: "system.ended_by_visitor",
  resolved: "system.resolved",
  reopened: "system.reopened",
  assigned: "system.assigned",
};

/** What the server says about the conversation; codes of a newer server are left out. */
export function SystemLine({ w, message }: { w: Widget; message: Message }) {
  const key = SYSTEM_KEYS[message.body];
  if (!key) return null;
  const name = message.author.name || w.state.config?.name || "";
  return <li class="day">{w.t(key, { name })}</li>;
}
