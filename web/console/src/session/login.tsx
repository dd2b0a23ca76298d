import { api } from "@chatham/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useAction } from "../core/load";
import { hasCode, wordError } from "../core/wording";
import { Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Field } from "../kit/field";
import { Link } from "../kit/link";
import { Frame } from "./frame";
import { loadSession } from "./state";

type Step = "password" | "totp" | "recovery";

export function Login({ ended }: { ended: boolean }) {
  const [step, setStep] = useState<Step>("password");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      try {
        await api.session.signIn({ email, password, ...second(step, code) });
      } catch (error) {
        if (step !== "password" || !hasCode(error, "totp_required")) throw error;
        setStep("totp");
        return;
      }
      await loadSession();
    });
  };
  return (
    <Frame title={t("login.title")} {...(ended ? { lead: t("login.ended") } : {})}>
      <form onSubmit={submit}>
        <Trouble error={action.error} text={wordLogin(action.error, step)} />
        {step === "password" ? (
          <>
            <Field
              label={t("login.email")}
              type="email"
              autoComplete="username"
              required
              value={email}
              onInput={setEmail}
            />
            <Field
              label={t("login.password")}
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onInput={setPassword}
            />
          </>
        ) : (
          <SecondStep
            step={step}
            code={code}
            onCode={setCode}
            onStep={(next) => {
              setStep(next);
              setCode("");
              action.clear();
            }}
          />
        )}
        <Button kind="primary" type="submit" busy={action.busy}>
          {t("login.submit")}
        </Button>
      </form>
      {step === "password" && (
        <p class="frame-aside">
          <Link to="forgot">{t("login.forgot")}</Link>
        </p>
      )}
    </Frame>
  );
}

function second(step: Step, code: string) {
  if (step === "totp") return { totp: code.replace(/\s/g, "") };
  if (step === "recovery") return { recovery_code: code.trim() };
  return {};
}

/** Here "not signed in" means that what was typed is wrong. */
function wordLogin(error: unknown, step: Step): string {
  const isWrong = ["unauthenticated", "totp_required"].some((code) => hasCode(error, code));
  if (!isWrong) return wordError(error);
  return step === "password" ? t("login.wrong") : t("login.wrongCode");
}

interface SecondStepProps {
  step: Step;
  code: string;
  onCode: (code: string) => void;
  onStep: (step: Step) => void;
}

function SecondStep({ step, code, onCode, onStep }: SecondStepProps) {
  const input = useRef<HTMLInputElement>(null);
  // A new step begins in its own field.
  useEffect(() => input.current?.focus(), [step]);
  const isTotp = step === "totp";
  return (
    <>
      <Field
        label={isTotp ? t("login.totp") : t("login.recovery")}
        hint={isTotp ? t("login.totpHint") : t("login.recoveryHint")}
        inputMode={isTotp ? "numeric" : "text"}
        autoComplete="one-time-code"
        required
        inputRef={input}
        value={code}
        onInput={onCode}
      />
      <button
        type="button"
        class="text-button"
        onClick={() => onStep(isTotp ? "recovery" : "totp")}
      >
        {isTotp ? t("login.useRecovery") : t("login.useTotp")}
      </button>
    </>
  );
}
