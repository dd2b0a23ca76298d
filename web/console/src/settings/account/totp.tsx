import { api, type TotpStart } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { Chip, CopyButton } from "../../kit/bits";
import { Button } from "../../kit/button";
import { Field } from "../../kit/field";
import { changeMe } from "../../session/state";
import { Card, SaveForm } from "../parts";

type Step =
  | { name: "idle" }
  | { name: "scan"; start: TotpStart }
  | { name: "codes"; codes: string[] };

/** The second step of signing in: begun with the password, proved with a code, backed by spare codes. */
export function Totp({ enabled }: { enabled: boolean }) {
  const [step, setStep] = useState<Step>({ name: "idle" });
  return (
    <Card title={t("totp.title")} lead={t("totp.lead")}>
      {enabled && step.name === "idle" && (
        <p>
          <Chip kind="success" icon="check">
            {t("totp.on")}
          </Chip>
        </p>
      )}
      {step.name === "idle" && (
        <Begin
          enabled={enabled}
          onStart={(start) => setStep({ name: "scan", start })}
          onRemoved={() => changeMe({ totp_enabled: false })}
        />
      )}
      {step.name === "scan" && (
        <Scan
          start={step.start}
          onDone={(codes) => {
            setStep({ name: "codes", codes });
            changeMe({ totp_enabled: true });
          }}
        />
      )}
      {step.name === "codes" && (
        <Codes codes={step.codes} onDone={() => setStep({ name: "idle" })} />
      )}
    </Card>
  );
}

interface BeginProps {
  enabled: boolean;
  onStart: (start: TotpStart) => void;
  onRemoved: () => void;
}

function Begin({ enabled, onStart, onRemoved }: BeginProps) {
  const [password, setPassword] = useState("");
  const action = useAction();
  const save = async () => {
    if (enabled) {
      await api.me.removeTotp(password);
      onRemoved();
    } else {
      onStart(await api.me.startTotp(password));
    }
    setPassword("");
  };
  return (
    <SaveForm action={action} save={save} label={enabled ? t("totp.remove") : t("totp.begin")}>
      <Field
        label={t("account.currentPassword")}
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onInput={setPassword}
      />
    </SaveForm>
  );
}

function Scan({ start, onDone }: { start: TotpStart; onDone: (codes: string[]) => void }) {
  const [code, setCode] = useState("");
  const action = useAction();
  const save = async () => {
    const answer = await api.me.confirmTotp(code.replace(/\s/g, ""));
    onDone(answer.recovery_codes);
  };
  return (
    <div class="totp">
      {start.qr_svg && (
        <img
          class="totp-code"
          alt={t("totp.qr")}
          src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(start.qr_svg)}`}
        />
      )}
      <div class="totp-side">
        <p>{t("totp.scan")}</p>
        <p class="totp-secret">
          <code dir="ltr">{start.secret}</code>
          <CopyButton text={start.secret} />
          <a href={start.uri}>{t("totp.openApp")}</a>
        </p>
        <SaveForm action={action} save={save} label={t("totp.confirm")}>
          <Field
            label={t("login.totp")}
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            value={code}
            onInput={setCode}
          />
        </SaveForm>
      </div>
    </div>
  );
}

function Codes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  return (
    <div>
      <p role="status">{t("totp.codes")}</p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code dir="ltr">{code}</code>
          </li>
        ))}
      </ul>
      <div class="save-bar">
        <CopyButton text={codes.join("\n")} />
        <Button kind="primary" onClick={onDone}>
          {t("totp.kept")}
        </Button>
      </div>
    </div>
  );
}
