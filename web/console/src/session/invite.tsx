import { api } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useAction } from "../core/load";
import { go } from "../core/router";
import { fieldError } from "../core/wording";
import { Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Field } from "../kit/field";
import { Frame } from "./frame";
import { NewPassword } from "./new-password";
import { NAME_LENGTH_MAX, NoToken } from "./setup";
import { loadSession } from "./state";

/** A colleague comes in by the link of an invitation. */
export function Invite({ token }: { token: string }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      await api.session.accept({ token, name, password });
      await loadSession();
      go("inbox", "replace");
    });
  };
  if (token === "") return <NoToken title={t("invite.title")} text={t("invite.noToken")} />;
  return (
    <Frame title={t("invite.title")} lead={t("invite.lead")}>
      <form onSubmit={submit}>
        <Trouble error={action.error} />
        <Field
          label={t("setup.name")}
          hint={t("setup.nameHint")}
          autoComplete="name"
          maxLength={NAME_LENGTH_MAX}
          required
          value={name}
          error={fieldError(action.error, "name")}
          onInput={setName}
        />
        <NewPassword
          label={t("setup.password")}
          value={password}
          error={fieldError(action.error, "password")}
          onInput={setPassword}
        />
        <Button kind="primary" type="submit" busy={action.busy}>
          {t("invite.submit")}
        </Button>
      </form>
    </Frame>
  );
}
