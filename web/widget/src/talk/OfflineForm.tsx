import { useState } from "preact/hooks";
import { BODY_CHARS_MAX, countChars, isEmail } from "../text";
import type { Widget } from "../widget";
import { Notice } from "./Notice";

/** A first message while nobody is here: answered by e-mail. */
export function OfflineForm({ w }: { w: Widget }) {
  const { t } = w;
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [body, setBody] = useState("");
  const [isTried, setTried] = useState(false);
  const address = email.trim();
  const over = countChars(body) - BODY_CHARS_MAX;
  const emailFault = !address ? "emailNeeded" : isEmail(address) ? null : "emailBad";

  function send(event: Event): void {
    event.preventDefault();
    setTried(true);
    if (emailFault || !body.trim() || over > 0) {
      const form = event.currentTarget as HTMLFormElement;
      form.querySelector<HTMLElement>(emailFault ? "[type=email]" : "textarea")?.focus();
      return;
    }
    w.attention.arm();
    void w.send({ body, email: address, ...(name.trim() ? { name: name.trim() } : {}) });
  }
  const fault = !body.trim() ? t("bodyNeeded") : over > 0 ? t("over", { n: over }) : null;

  return (
    <form class="foot" noValidate onSubmit={send}>
      <label>
        <span>
          {t("name")} ({t("optional")})
        </span>
        <input
          autocomplete="name"
          maxLength={120}
          dir="auto"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label>
        <span>{t("email")}</span>
        <input
          type="email"
          autocomplete="email"
          required
          dir="ltr"
          aria-invalid={isTried && emailFault !== null}
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        {isTried && emailFault && (
          <span class="bad" role="alert">
            {t(emailFault)}
          </span>
        )}
      </label>
      <label>
        <span>{t("compose")}</span>
        <textarea
          rows={4}
          required
          dir="auto"
          aria-invalid={isTried && fault !== null}
          value={body}
          onInput={(event) => setBody(event.currentTarget.value)}
        />
        {isTried && fault && (
          <span class="bad" role="alert">
            {fault}
          </span>
        )}
      </label>
      <button type="submit" class="main">
        {t("send")}
      </button>
      <Notice w={w} />
    </form>
  );
}
