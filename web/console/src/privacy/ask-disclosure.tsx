import { api, type DisclosureBody } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useAction } from "../core/load";
import { fieldError, hasCode } from "../core/wording";
import { Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Field, TextArea } from "../kit/field";
import { type Draft, type DraftPartProps, emptyDraft, GroundPart, ScopePart } from "./ask-parts";

const REASON_CHARS_MAX = 1000;

interface AskProps {
  onClose: () => void;
  onAsked: () => void;
}

/** A release is asked for: on which ground, how much, to whom. Others approve it. */
export function AskDisclosure({ onClose, onAsked }: AskProps) {
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const action = useAction();
  const change = (fields: Partial<Draft>) => setDraft((now) => ({ ...now, ...fields }));
  const wrong = (field: string) => fieldError(action.error, field);
  const submit = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      await api.desk.askDisclosure(bodyOf(draft));
      onAsked();
    });
  };
  const part = { draft, change, wrong };
  return (
    <Dialog title={t("disclosures.ask")} onClose={onClose}>
      <form class="save-form" onSubmit={submit}>
        <GroundPart {...part} />
        <ScopePart {...part} />
        <TextArea
          label={t("disclosures.reason")}
          hint={t("disclosures.reasonHint")}
          value={draft.reason}
          maxLength={REASON_CHARS_MAX}
          error={wrong("reason")}
          onInput={(reason) => change({ reason })}
        />
        <RecipientPart {...part} />
        {hasCode(action.error, "not_found") ? (
          <Trouble error={action.error} text={t("disclosures.nobody")} />
        ) : (
          <Trouble error={action.error} />
        )}
        <div class="save-bar">
          <Button kind="primary" type="submit" busy={action.busy}>
            {t("disclosures.askIt")}
          </Button>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function RecipientPart({ draft, change, wrong }: DraftPartProps) {
  return (
    <>
      <Field
        label={t("disclosures.recipient")}
        required
        value={draft.recipient}
        error={wrong("recipient")}
        onInput={(recipient) => change({ recipient })}
      />
      <Field
        label={t("disclosures.key")}
        hint={t("disclosures.keyHint")}
        required
        placeholder="age1"
        value={draft.key}
        error={wrong("recipient_key")}
        onInput={(key) => change({ key: key.trim() })}
      />
      <Field
        label={t("disclosures.gag")}
        hint={t("disclosures.gagHint")}
        type="datetime-local"
        value={draft.gag}
        error={wrong("gagged_until")}
        onInput={(gag) => change({ gag })}
      />
    </>
  );
}

function bodyOf(draft: Draft): DisclosureBody {
  const isWhole = draft.scope === "person";
  const isCourt = draft.ground === "court-or-government" || draft.second === "court-or-government";
  const isBreach = draft.ground === "terms-or-illegal";
  return {
    ground: draft.ground,
    scope: draft.scope,
    reason: draft.reason,
    recipient: draft.recipient,
    recipient_key: draft.key,
    categories: draft.categories,
    ...(isWhole ? { email: draft.email } : { conversation_id: idIn(draft.conversation) }),
    ...(isBreach && { rule: draft.rule }),
    ...(isBreach && isWhole && draft.second !== "" && { second_ground: draft.second }),
    ...(isCourt && { document_hash: draft.document, deadline_at: micros(draft.deadline) }),
    ...(draft.gag !== "" && { gagged_until: micros(draft.gag) }),
  };
}

/** The id in the address of a conversation, or what was written. */
function idIn(text: string): string {
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0] ?? text.trim();
}

function micros(local: string): number {
  return new Date(local).getTime() * 1000;
}
