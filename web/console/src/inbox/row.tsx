import type { Conversation } from "@chatham/client";
import { t, tCode } from "../core/i18n";
import { useStore } from "../core/store";
import { clock, shortMoment, shortSpan, useNow } from "../core/time";
import { Avatar } from "../kit/bits";
import { Icon } from "../kit/icon";
import { Link } from "../kit/link";
import { agents } from "../session/state";
import { urgency } from "./order";
import { type InboxPlace, pathOf } from "./place";
import { conversations } from "./state";

export function nameOf(conversation: Conversation): string {
  return conversation.visitor.name || conversation.visitor.label;
}

export function InboxRow({ id, place }: { id: string; place: InboxPlace }) {
  const conversation = useStore(conversations, (now) => now.get(id));
  if (!conversation) return null;
  const isUnread = conversation.unread > 0;
  const isOpen = place.conversationId === id;
  return (
    <li>
      <Link
        to={pathOf({ ...place, conversationId: id })}
        class={`row${isUnread ? " row-unread" : ""}`}
        current={isOpen}
      >
        <Avatar name={nameOf(conversation)} online={conversation.visitor.online} />
        <span class="row-main">
          <span class="row-top">
            <bdi class="row-name">{nameOf(conversation)}</bdi>
            {conversation.waiting_since && conversation.state === "open" ? (
              <Waiting since={conversation.waiting_since} />
            ) : (
              <time class="row-time">{shortMoment(conversation.last_message_at)}</time>
            )}
          </span>
          <span class="row-bottom">
            <Preview conversation={conversation} />
            {isUnread && (
              <span class="unread">
                <span aria-hidden="true">{conversation.unread}</span>
                <span class="unseen">{t("inbox.unread", { n: conversation.unread })}</span>
              </span>
            )}
          </span>
          <RowFoot conversation={conversation} />
        </span>
      </Link>
    </li>
  );
}

/** How long the visitor has waited for an answer; amber, then red. */
export function Waiting({ since }: { since: number }) {
  const now = useNow(1000 * 10);
  const ms = now - since / 1000;
  return (
    <span
      class={`waiting waiting-${urgency(ms)}`}
      title={t("inbox.waitingSince", { time: clock(since) })}
    >
      <Icon name="clock" size={13} />
      <span class="unseen">{t("inbox.waiting")}</span>
      {shortSpan(ms)}
    </span>
  );
}

function Preview({ conversation }: { conversation: Conversation }) {
  if (conversation.frozen) {
    return <span class="row-preview row-frozen">{t("frozen.row")}</span>;
  }
  const last = conversation.last_message;
  if (!last) return <span class="row-preview">{t("inbox.noMessage")}</span>;
  if (last.kind === "system") {
    return <span class="row-preview">{tCode("system", last.preview)}</span>;
  }
  const prefix = last.kind === "note" ? t("inbox.noteBy") : t(`inbox.by.${last.author_kind}`);
  return (
    <span class={last.kind === "note" ? "row-preview row-note" : "row-preview"}>
      {prefix && <span class="row-by">{prefix} </span>}
      <bdi>{last.preview}</bdi>
    </span>
  );
}

function RowFoot({ conversation }: { conversation: Conversation }) {
  const assignee = useStore(agents, (all) =>
    all.find((agent) => agent.id === conversation.assignee_id),
  );
  return (
    <span class="row-foot">
      <span>{conversation.site_name}</span>
      {assignee && <span>{assignee.name}</span>}
      {conversation.visitor.blocked && <span class="row-blocked">{t("visitor.blocked")}</span>}
      {conversation.snoozed_until && conversation.state === "snoozed" && (
        <span>{t("inbox.until", { time: shortMoment(conversation.snoozed_until) })}</span>
      )}
    </span>
  );
}
