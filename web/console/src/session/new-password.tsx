import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { Field } from "../kit/field";
import { PASSWORD_LENGTH_MAX, StrengthHint } from "./strength";

interface NewPasswordProps {
  label: string;
  value: string;
  error?: string | undefined;
  onInput: (value: string) => void;
}

/** A password being chosen: shown on request, with a hint on its strength. */
export function NewPassword(props: NewPasswordProps) {
  const [shown, setShown] = useState(false);
  return (
    <div class="new-password">
      <Field
        label={props.label}
        type={shown ? "text" : "password"}
        autoComplete="new-password"
        maxLength={PASSWORD_LENGTH_MAX}
        required
        value={props.value}
        error={props.error}
        hint={props.value === "" ? t("password.rule") : undefined}
        onInput={props.onInput}
      />
      <button
        type="button"
        class="text-button show-password"
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        {shown ? t("password.hide") : t("password.show")}
      </button>
      <StrengthHint password={props.value} />
    </div>
  );
}
