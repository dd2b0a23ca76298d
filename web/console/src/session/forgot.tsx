import { api } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useAction } from "../core/load";
import { fieldError } from "../core/wording";
import { Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Field } from "../kit/field";
import { Link } from "../kit/link";
import { Frame } from "./frame";
import { NewPassword } from "./new-password";
import { NoToken } from "./setup";

/** Asks for a link by letter. The answer is the same whether the address is known or not. */
export function Forgot() {
  const [email, setEmail] = useState("");
  const [sent, setSent] = useState(false);
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      await api.session.forgot(email);
      setSent(true);
    });
  };
  if (sent) {
    return (
      <Frame title={t("forgot.sentTitle")}>
        <p role="status">{t("forgot.sent", { email })}</p>
        <BackToLogin />
      </Frame>
    );
  }
  return (
    <Frame title={t("forgot.title")} lead={t("forgot.lead")}>
      <form onSubmit={submit}>
        <Trouble error={action.error} />
        <Field
          label={t("login.email")}
          type="email"
          autoComplete="username"
          required
          value={email}
          onInput={setEmail}
        />
        <Button kind="primary" type="submit" busy={action.busy}>
          {t("forgot.submit")}
        </Button>
      </form>
      <BackToLogin />
    </Frame>
  );
}

/** A new password, by the link of that letter. Every session of the account ends. */
export function Reset({ token }: { token: string }) {
  const [password, setPassword] = useState("");
  const [done, setDone] = useState(false);
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      await api.session.reset(token, password);
      setDone(true);
    });
  };
  if (done) {
    return (
      <Frame title={t("reset.doneTitle")}>
        <p role="status">{t("reset.done")}</p>
        <BackToLogin />
      </Frame>
    );
  }
  if (token === "") return <NoToken title={t("reset.title")} text={t("reset.noToken")} />;
  return (
    <Frame title={t("reset.title")} lead={t("reset.lead")}>
      <form onSubmit={submit}>
        <Trouble error={action.error} />
        <NewPassword
          label={t("reset.password")}
          value={password}
          error={fieldError(action.error, "password")}
          onInput={setPassword}
        />
        <Button kind="primary" type="submit" busy={action.busy}>
          {t("reset.submit")}
        </Button>
      </form>
    </Frame>
  );
}

function BackToLogin() {
  return (
    <p class="frame-aside">
      <Link to="login">{t("forgot.back")}</Link>
    </p>
  );
}
