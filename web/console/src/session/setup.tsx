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
import { loadSession } from "./state";

export const NAME_LENGTH_MAX = 120;

/** The owner's first visit, by the one-time link from the terminal. */
export function Setup({ token }: { token: string }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      await api.session.setup({ token, name, email, password });
      await loadSession();
      go("settings/install", "replace");
    });
  };
  if (token === "") return <NoToken title={t("setup.title")} text={t("setup.noToken")} />;
  return (
    <Frame title={t("setup.title")} lead={t("setup.lead")}>
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
        <Field
          label={t("setup.email")}
          hint={t("setup.emailHint")}
          type="email"
          autoComplete="username"
          required
          value={email}
          error={fieldError(action.error, "email")}
          onInput={setEmail}
        />
        <NewPassword
          label={t("setup.password")}
          value={password}
          error={fieldError(action.error, "password")}
          onInput={setPassword}
        />
        <Button kind="primary" type="submit" busy={action.busy}>
          {t("setup.submit")}
        </Button>
      </form>
    </Frame>
  );
}

export function NoToken({ title, text }: { title: string; text: string }) {
  return (
    <Frame title={title}>
      <p>{text}</p>
    </Frame>
  );
}
