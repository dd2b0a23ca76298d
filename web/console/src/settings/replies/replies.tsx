import { api, type CannedReply } from "@chatham/client";
import { useEffect, useState } from "preact/hooks";
import { cannedReplies, loadCannedReplies } from "../../composer/canned";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { useStore } from "../../core/store";
import { Empty, Trouble } from "../../kit/bits";
import { Button } from "../../kit/button";
import { may } from "../../session/state";
import { Card, PageHead } from "../parts";
import { ReplyForm } from "./reply-form";

export function Replies() {
  const replies = useStore(cannedReplies, (now) => now);
  const [edited, setEdited] = useState<string | undefined>();
  const loading = useAction();
  const load = () => void loading.run(loadCannedReplies);
  useEffect(load, []);
  const canEdit = may("answer");
  const close = () => setEdited(undefined);
  return (
    <>
      <PageHead title={t("settings.replies")} lead={t("replies.lead")} />
      <Trouble error={loading.error} onRetry={load} />
      {canEdit && edited !== "new" && (
        <div class="page-actions">
          <Button kind="primary" icon="plus" onClick={() => setEdited("new")}>
            {t("replies.new")}
          </Button>
        </div>
      )}
      {edited === "new" && (
        <Card title={t("replies.new")}>
          <ReplyForm onClose={close} />
        </Card>
      )}
      {replies.length === 0 && edited !== "new" && !loading.busy && (
        <Empty icon="replies" title={t("replies.none")}>
          <p>{t("replies.noneText")}</p>
        </Empty>
      )}
      <ul class="replies">
        {replies.map((reply) => (
          <li key={reply.id} class="card">
            {edited === reply.id ? (
              <ReplyForm reply={reply} onClose={close} />
            ) : (
              <ReplyLine reply={reply} canEdit={canEdit} onEdit={() => setEdited(reply.id)} />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

interface ReplyLineProps {
  reply: CannedReply;
  canEdit: boolean;
  onEdit: () => void;
}

function ReplyLine({ reply, canEdit, onEdit }: ReplyLineProps) {
  const [asking, setAsking] = useState(false);
  const action = useAction();
  const remove = () =>
    void action.run(async () => {
      await api.replies.remove(reply.id);
      await loadCannedReplies();
    });
  return (
    <div class="reply-line">
      <div class="reply-head">
        <code>/{reply.shortcut}</code>
        <strong>
          <bdi>{reply.title}</bdi>
        </strong>
      </div>
      <p class="reply-body" dir="auto">
        {reply.body}
      </p>
      <Trouble error={action.error} />
      {canEdit && (
        <div class="reply-tools">
          <Button onClick={onEdit}>
            {t("common.edit")}
            <span class="unseen"> {reply.title}</span>
          </Button>
          {asking ? (
            <>
              <Button kind="danger" busy={action.busy} onClick={remove}>
                {t("replies.removeSure")}
              </Button>
              <Button onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
            </>
          ) : (
            <Button onClick={() => setAsking(true)}>
              {t("common.remove")}
              <span class="unseen"> {reply.title}</span>
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
