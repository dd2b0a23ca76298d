import { t } from "../../core/i18n";
import { fieldError } from "../../core/wording";
import { Field, Select, Switch, TextArea } from "../../kit/field";
import { Card } from "../parts";
import type { Readable } from "./contrast";
import type { LookDraft } from "./look";

interface FieldsProps {
  draft: LookDraft;
  onChange: (change: Partial<LookDraft>) => void;
}

const GREETING_MAX = 500;
const LAUNCHER_MAX = 40;

export function LookFields(props: FieldsProps & { readable: Readable | undefined }) {
  const { draft, readable, onChange } = props;
  const { look } = draft;
  const set = (part: Partial<LookDraft["look"]>) => onChange({ look: { ...look, ...part } });
  return (
    <Card title={t("look.title")}>
      <div class="accent-row">
        <Field
          label={t("look.pick")}
          type="color"
          value={readable?.accent ?? "#0b5e55"}
          onInput={(accent) => set({ accent })}
        />
        <Field
          label={t("look.accent")}
          value={look.accent}
          maxLength={7}
          error={readable ? undefined : t("look.wrongAccent")}
          onInput={(accent) => set({ accent })}
        />
      </div>
      {readable?.isCorrected && (
        <p class="look-corrected" role="status">
          {t("look.corrected", { wished: look.accent, accent: readable.accent })}
        </p>
      )}
      <div class="field-pair">
        <Select
          label={t("look.position")}
          value={look.position}
          options={(["right", "left"] as const).map((value) => ({
            value,
            text: t(`look.${value}`),
          }))}
          onChange={(position) => set({ position })}
        />
        <Select
          label={t("look.theme")}
          value={look.theme}
          options={(["auto", "light", "dark"] as const).map((value) => ({
            value,
            text: t(`theme.${value}`),
          }))}
          onChange={(theme) => set({ theme })}
        />
      </div>
      <div class="field-pair">
        <Field
          label={t("look.launcher")}
          hint={t("look.launcherHint")}
          value={look.launcher}
          maxLength={LAUNCHER_MAX}
          onInput={(launcher) => set({ launcher })}
        />
        <Select
          label={t("look.locale")}
          value={draft.locale}
          options={(["auto", "en", "es", "ar"] as const).map((value) => ({
            value: value as string,
            text: t(`locale.${value}`),
          }))}
          onChange={(locale) => onChange({ locale })}
        />
      </div>
    </Card>
  );
}

export function GreetingFields(props: FieldsProps & { error: unknown }) {
  const { draft, error, onChange } = props;
  return (
    <Card title={t("look.greetings")} lead={t("look.greetingsLead")}>
      {(["online", "away", "offline"] as const).map((state) => (
        <TextArea
          key={state}
          label={t(`look.greeting.${state}`)}
          rows={2}
          maxLength={GREETING_MAX}
          value={draft.greetings[state]}
          error={fieldError(error, `greetings.${state}`)}
          onInput={(text) => onChange({ greetings: { ...draft.greetings, [state]: text } })}
        />
      ))}
    </Card>
  );
}

export function AskedFields({ draft, onChange }: FieldsProps) {
  return (
    <Card title={t("look.asked")} lead={t("look.askedLead")}>
      <Switch
        label={t("look.askName")}
        on={draft.ask_name}
        onChange={(ask_name) => onChange({ ask_name })}
      />
      <Switch
        label={t("look.askEmail")}
        hint={t("look.askEmailHint")}
        on={draft.ask_email}
        onChange={(ask_email) => onChange({ ask_email })}
      />
      <Switch
        label={t("look.offlineForm")}
        hint={t("look.offlineFormHint")}
        on={draft.offline_form}
        onChange={(offline_form) => onChange({ offline_form })}
      />
    </Card>
  );
}
