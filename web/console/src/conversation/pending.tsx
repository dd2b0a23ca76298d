import type { Conversation } from "@chatham/client";
import type { Pending } from "@chatham/ui/outbox";
import { t, tCode } from "../core/i18n";
import { useStore } from "../core/store";
import { clock } from "../core/time";
import { Button } from "../kit/button";
import { Icon } from "../kit/icon";
import { getMe } from "../session/state";
import { authorName } from "./message";
import { type Draft, outboxOf, threadOf, threads } from "./thread";

interface PendingProps {
  item: Pending<Draft>;
  conversation: Conversation;
}

/** A message that the server has not taken yet; it stays in its place until it has. */
export function PendingLine({ item, conversation }: PendingProps) {
  const { payload, failure, clientMsgId } = item;
  const side = payload.kind === "note" ? "note" : "agent";
  const outbox = outboxOf(conversation.id);
  return (
    <div class={`message message-${side} message-first message-pending`}>
      <div class="bubble">
        <p dir="auto">{payload.body}</p>
        <span class="bubble-foot">
          <time>{clock(item.createdAt)}</time>
          <span>{stateText(item)}</span>
        </span>
      </div>
      {failure?.again === "hold" && <NewerReply item={item} conversation={conversation} />}
      {failure?.again === "never" && (
        <div class="pending-failed" role="alert">
          <Icon name="warn" size={14} />
          <span>{tCode("error", failure.code, t("progress.failedText"))}</span>
          <Button kind="quiet" onClick={() => outbox.retry(clientMsgId)}>
            {t("common.retry")}
          </Button>
          <Button kind="quiet" onClick={() => outbox.drop(clientMsgId)}>
            {t("common.discard")}
          </Button>
        </div>
      )}
    </div>
  );
}

function stateText({ failure }: Pending<Draft>): string {
  if (!failure) return t("progress.sending");
  if (failure.again === "later") return t("progress.waiting");
  return failure.again === "hold" ? t("progress.held") : t("progress.failed");
}

/** A colleague answered while this was being written: show it, then let the writer decide. */
function NewerReply({ item, conversation }: PendingProps) {
  const thread = useStore(threads, (all) => threadOf(all, conversation.id));
  const outbox = outboxOf(conversation.id);
  const newer = thread.messages.findLast(
    (one) =>
      one.kind === "message" &&
      one.author.kind === "agent" &&
      one.author.id !== getMe()?.id &&
      one.seq > (item.payload.seenSeq ?? 0),
  );
  const name = newer ? authorName(newer, conversation) : t("conversation.colleague");
  const sendAnyway = () => {
    const { kind, body } = item.payload;
    outbox.drop(item.clientMsgId);
    outbox.add({ kind, body });
  };
  return (
    <div class="pending-held" role="alert">
      <p>{t("conversation.newerReply", { name })}</p>
      {newer && <blockquote dir="auto">{newer.body}</blockquote>}
      <div class="pending-choice">
        <Button onClick={sendAnyway}>{t("conversation.sendAnyway")}</Button>
        <Button onClick={() => outbox.drop(item.clientMsgId)}>{t("common.discard")}</Button>
      </div>
    </div>
  );
}
