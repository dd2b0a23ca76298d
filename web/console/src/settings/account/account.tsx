import { api } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { useStore } from "../../core/store";
import { fieldError } from "../../core/wording";
import { Segments } from "../../kit/bits";
import { Field } from "../../kit/field";
import { setMyAvailability } from "../../session/availability";
import { NewPassword } from "../../session/new-password";
import { changeMe, sessionState } from "../../session/state";
import { Card, PageHead, SaveForm } from "../parts";
import { Sessions } from "./sessions";
import { Totp } from "./totp";

export function Account() {
  const me = useStore(sessionState, (now) => (now.status === "in" ? now.session.agent : undefined));
  if (!me) return null;
  return (
    <>
      <PageHead title={t("settings.account")} lead={me.email} />
      <NameCard name={me.name} />
      <Card title={t("account.availability")} lead={t("account.availabilityLead")}>
        <Segments
          label={t("account.availability")}
          value={me.availability}
          options={(["online", "away"] as const).map((value) => ({
            value,
            text: t(`availability.${value}`),
          }))}
          onChange={(value) => void setMyAvailability(value)}
        />
      </Card>
      <PasswordCard />
      <Totp enabled={me.totp_enabled} />
      <Sessions />
    </>
  );
}

function NameCard({ name: known }: { name: string }) {
  const [name, setName] = useState(known);
  const action = useAction();
  const save = async () => {
    await api.me.rename(name);
    changeMe({ name });
  };
  return (
    <Card title={t("account.name")} lead={t("account.nameLead")}>
      <SaveForm action={action} save={save}>
        <Field
          label={t("setup.name")}
          required
          maxLength={120}
          autoComplete="name"
          value={name}
          error={fieldError(action.error, "name")}
          onInput={setName}
        />
      </SaveForm>
    </Card>
  );
}

function PasswordCard() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const action = useAction();
  const save = async () => {
    await api.me.changePassword(current, next);
    setCurrent("");
    setNext("");
  };
  return (
    <Card title={t("account.password")} lead={t("account.passwordLead")}>
      <SaveForm action={action} save={save} label={t("account.changePassword")}>
        <Field
          label={t("account.currentPassword")}
          type="password"
          autoComplete="current-password"
          required
          value={current}
          error={fieldError(action.error, "current")}
          onInput={setCurrent}
        />
        <NewPassword
          label={t("reset.password")}
          value={next}
          error={fieldError(action.error, "new")}
          onInput={setNext}
        />
      </SaveForm>
    </Card>
  );
}
