import { api, type CannedReply } from "@chatham/client";
import { useState } from "preact/hooks";
import { expand, loadCannedReplies } from "../../composer/canned";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { fieldError } from "../../core/wording";
import { Trouble } from "../../kit/bits";
import { Button } from "../../kit/button";
import { Field, TextArea } from "../../kit/field";
import { getMe } from "../../session/state";

interface ReplyFormProps {
  reply?: CannedReply;
  onClose: () => void;
}

const SHORTCUT_MAX = 40;
const TITLE_MAX = 120;
const BODY_MAX = 10_000;

export function ReplyForm({ reply, onClose }: ReplyFormProps) {
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? "");
  const [title, setTitle] = useState(reply?.title ?? "");
  const [body, setBody] = useState(reply?.body ?? "");
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      const values = { shortcut, title, body };
      await (reply ? api.replies.update(reply.id, values) : api.replies.create(values));
      await loadCannedReplies();
      onClose();
    });
  };
  return (
    <form onSubmit={submit} class="save-form">
      <div class="field-pair">
        <Field
          label={t("replies.shortcut")}
          hint={t("replies.shortcutHint")}
          required
          maxLength={SHORTCUT_MAX}
          value={shortcut}
          error={fieldError(action.error, "shortcut")}
          onInput={(text) => setShortcut(text.replace(/[\s/]/g, "").toLowerCase())}
        />
        <Field
          label={t("replies.title")}
          required
          maxLength={TITLE_MAX}
          value={title}
          error={fieldError(action.error, "title")}
          onInput={setTitle}
        />
      </div>
      <TextArea
        label={t("replies.body")}
        hint={t("replies.bodyHint")}
        rows={4}
        maxLength={BODY_MAX}
        value={body}
        error={fieldError(action.error, "body")}
        onInput={setBody}
      />
      {body.includes("{{") && (
        <p class="reply-preview" dir="auto">
          <span class="muted">{t("replies.preview")} </span>
          {expand(body, sampleValues())}
        </p>
      )}
      <Trouble error={action.error} />
      <div class="save-bar">
        <Button kind="primary" type="submit" busy={action.busy}>
          {t("common.save")}
        </Button>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
      </div>
    </form>
  );
}

/** Nobody's name is known here, so the defaults show. */
function sampleValues(): Record<string, string> {
  return {
    "visitor.name": "",
    "agent.name": getMe()?.name ?? "",
    "site.name": t("replies.sampleSite"),
  };
}
