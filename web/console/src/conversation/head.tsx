import type { Conversation } from "@chatham/client";
import { t } from "../core/i18n";
import { useStore } from "../core/store";
import { dateAndTime } from "../core/time";
import { type InboxPlace, pathOf } from "../inbox/place";
import { nameOf, Waiting } from "../inbox/row";
import { Avatar, Chip } from "../kit/bits";
import { Button, IconButton } from "../kit/button";
import { Icon } from "../kit/icon";
import { Link } from "../kit/link";
import { agents, may } from "../session/state";
import { reopen, resolve } from "./actions";
import { type Chooser, resolveAndNext } from "./commands";
import { MoreMenu } from "./more";

interface HeadProps {
  conversation: Conversation;
  place: InboxPlace;
  personShown: boolean;
  onPerson: () => void;
  onChoose: (chooser: Chooser) => void;
  onUnread: () => void;
}

export function ConversationHead(props: HeadProps) {
  const { conversation, place } = props;
  const { visitor, site_name } = conversation;
  return (
    <header class="conversation-head">
      <div class="conversation-title">
        <Link
          to={pathOf({ ...place, conversationId: undefined })}
          class="icon-button back"
          label={t("common.back")}
        >
          <Icon name="back" />
        </Link>
        <Avatar name={nameOf(conversation)} online={visitor.online} />
        <div class="conversation-who">
          <h2>
            <bdi>{nameOf(conversation)}</bdi>
          </h2>
          <p>
            {visitor.online ? t("visitor.online") : t("visitor.gone")} · {site_name}
          </p>
        </div>
      </div>
      <div class="conversation-tools">
        {may("answer") && <Tools {...props} />}
        <IconButton
          icon="person"
          label={t("command.person")}
          keys="i"
          pressed={props.personShown}
          onClick={props.onPerson}
        />
      </div>
      <div class="conversation-facts">
        <Assignee {...props} />
        <StateChips conversation={conversation} />
        <PageLine conversation={conversation} />
      </div>
    </header>
  );
}

/** Whose conversation it is; a press gives it to somebody else. */
function Assignee({ conversation, onChoose }: HeadProps) {
  const assignee = useStore(agents, (all) =>
    all.find((agent) => agent.id === conversation.assignee_id),
  );
  const name = assignee?.name ?? t("view.unassigned");
  if (!may("answer")) return <Chip icon="mine">{name}</Chip>;
  return (
    <button
      type="button"
      class="chip chip-button"
      title={t("command.assign")}
      aria-keyshortcuts="a"
      onClick={() => onChoose("assign")}
    >
      <Icon name="assign" size={14} />
      <span class="unseen">{t("command.assign")}: </span>
      <bdi>{name}</bdi>
    </button>
  );
}

function StateChips({ conversation }: { conversation: Conversation }) {
  const { state, snoozed_until, visitor, waiting_since } = conversation;
  return (
    <>
      {state === "open" && waiting_since && <Waiting since={waiting_since} />}
      {visitor.blocked && (
        <Chip kind="danger" icon="block">
          {t("visitor.blocked")}
        </Chip>
      )}
      {state === "resolved" && (
        <Chip kind="success" icon="check">
          {t("state.resolved")}
        </Chip>
      )}
      {state === "snoozed" && snoozed_until && (
        <Chip icon="snooze">{t("inbox.until", { time: dateAndTime(snoozed_until) })}</Chip>
      )}
    </>
  );
}

function Tools({ conversation, onChoose, onUnread }: HeadProps) {
  const { id, state } = conversation;
  return (
    <>
      {state === "resolved" ? (
        <Button icon="reopen" onClick={() => void reopen(id)}>
          {t("command.reopen")}
        </Button>
      ) : (
        <>
          <IconButton
            icon="snooze"
            label={t("command.snooze")}
            keys="s"
            onClick={() => onChoose("snooze")}
          />
          <Button kind="primary" icon="check" keys="e" onClick={() => void resolve(id)}>
            {t("command.resolve")}
          </Button>
          <span class="wide-only">
            <IconButton
              icon="checks"
              label={t("command.resolveNext")}
              keys="Shift+E"
              onClick={() => void resolveAndNext(id)}
            />
          </span>
        </>
      )}
      <MoreMenu conversation={conversation} onUnread={onUnread} />
    </>
  );
}

/** The page the visitor writes from: a real link that tells the page nothing about us. */
function PageLine({ conversation }: { conversation: Conversation }) {
  const { page } = conversation;
  if (!page) return null;
  const isWeb = /^https?:\/\//.test(page.url);
  return (
    <p class="page-line">
      <Icon name="globe" size={14} />
      <span class="page-from">{t("conversation.page")}</span>
      {isWeb ? (
        <a href={page.url} target="_blank" rel="noopener noreferrer" title={page.url}>
          <bdi>{page.title || page.url}</bdi>
        </a>
      ) : (
        <bdi>{page.title || page.url}</bdi>
      )}
    </p>
  );
}
