import type { Ground } from "@chatham/client";
import { useId, useState } from "preact/hooks";
import { t } from "../core/i18n";
import { Segments } from "../kit/bits";
import { Field, Select, Switch } from "../kit/field";

const grounds: readonly Ground[] = [
  "court-or-government",
  "terms-or-illegal",
  "protect-rights-safety",
  "emergency",
];
/** A second ground beside a breach. */
const seconds: readonly (Ground | "")[] = [
  "",
  ...grounds.filter((one) => one !== "terms-or-illegal"),
];
const scopes = ["conversation", "person"] as const;
const releasable = ["user.content.private", "user.name", "user.contact.email"] as const;

/** What is asked for, as it is written. */
export interface Draft {
  ground: Ground;
  second: Ground | "";
  rule: string;
  document: string;
  deadline: string;
  scope: "conversation" | "person";
  conversation: string;
  email: string;
  categories: string[];
  reason: string;
  recipient: string;
  key: string;
  gag: string;
}

export const emptyDraft: Draft = {
  ground: "court-or-government",
  second: "",
  rule: "",
  document: "",
  deadline: "",
  scope: "conversation",
  conversation: "",
  email: "",
  categories: ["user.content.private"],
  reason: "",
  recipient: "",
  key: "",
  gag: "",
};

export interface DraftPartProps {
  draft: Draft;
  change: (fields: Partial<Draft>) => void;
  wrong: (field: string) => string | undefined;
}

/** The ground, and what it takes: a rule, or a document with its deadline. */
export function GroundPart({ draft, change, wrong }: DraftPartProps) {
  const { ground, scope } = draft;
  const isBreach = ground === "terms-or-illegal";
  const second = isBreach && scope === "person" ? draft.second : "";
  const isCourt = ground === "court-or-government" || second === "court-or-government";
  return (
    <>
      <Select
        label={t("disclosures.ground")}
        value={ground}
        options={grounds.map((value) => ({ value, text: t(`ground.${value}`) }))}
        hint={t(`ground.takes.${ground}`)}
        onChange={(value) => change({ ground: value })}
      />
      {isBreach && (
        <Field
          label={t("disclosures.rule")}
          hint={t("disclosures.ruleHint")}
          required
          value={draft.rule}
          error={wrong("rule")}
          onInput={(rule) => change({ rule })}
        />
      )}
      {isBreach && scope === "person" && (
        <Select
          label={t("disclosures.second")}
          value={draft.second}
          options={seconds.map((value) => ({
            value,
            text: value === "" ? t("disclosures.noSecond") : t(`ground.${value}`),
          }))}
          hint={t("disclosures.secondHint")}
          onChange={(value) => change({ second: value })}
        />
      )}
      {isCourt && <Document draft={draft} change={change} wrong={wrong} />}
    </>
  );
}

/** The document stays in the browser: only its hash is sent. */
function Document({ draft, change, wrong }: DraftPartProps) {
  const id = useId();
  const [failed, setFailed] = useState(false);
  const read = (file: File | undefined) => {
    setFailed(false);
    if (!file) return;
    hashOf(file).then(
      (document) => change({ document }),
      () => setFailed(true),
    );
  };
  return (
    <>
      <div class="field">
        <label for={id}>{t("disclosures.file")}</label>
        <input id={id} type="file" onChange={(event) => read(event.currentTarget.files?.[0])} />
        <p class={failed ? "field-error" : "field-hint"}>
          {t(failed ? "disclosures.fileFailed" : "disclosures.fileHint")}
        </p>
      </div>
      <Field
        label={t("disclosures.hash")}
        required
        placeholder="sha256:"
        value={draft.document}
        error={wrong("document_hash")}
        onInput={(document) => change({ document: document.trim() })}
      />
      <Field
        label={t("disclosures.deadline")}
        hint={t("disclosures.deadlineHint")}
        type="datetime-local"
        required
        value={draft.deadline}
        error={wrong("deadline_at")}
        onInput={(deadline) => change({ deadline })}
      />
    </>
  );
}

async function hashOf(file: File): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  const digits = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return `sha256:${digits.join("")}`;
}

/** Whose data, and which of it: as little as the ground needs. */
export function ScopePart({ draft, change, wrong }: DraftPartProps) {
  const has = (key: string) => draft.categories.includes(key);
  const choose = (key: string, on: boolean) =>
    change({ categories: releasable.filter((one) => (one === key ? on : has(one))) });
  return (
    <>
      <Segments
        label={t("disclosures.scope")}
        value={draft.scope}
        options={scopes.map((value) => ({ value, text: t(`disclosures.scope.${value}`) }))}
        onChange={(scope) => change({ scope })}
      />
      {draft.scope === "conversation" ? (
        <Field
          label={t("disclosures.conversation")}
          hint={t("disclosures.conversationHint")}
          required
          value={draft.conversation}
          error={wrong("conversation_id")}
          onInput={(conversation) => change({ conversation })}
        />
      ) : (
        <Field
          label={t("disclosures.email")}
          hint={t("disclosures.emailHint")}
          type="email"
          required
          value={draft.email}
          error={wrong("email")}
          onInput={(email) => change({ email })}
        />
      )}
      <fieldset class="disclosure-what">
        <legend>{t("disclosures.categories")}</legend>
        {releasable.map((key) => (
          <Switch
            key={key}
            label={t(`category.${key}`)}
            on={has(key)}
            onChange={(on) => choose(key, on)}
          />
        ))}
        {wrong("categories") && <p class="field-error">{wrong("categories")}</p>}
      </fieldset>
    </>
  );
}
