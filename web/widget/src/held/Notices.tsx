import { formatDate } from "@chatham/ui/time";
import { useState } from "preact/hooks";
import type { Held } from "../contract";
import { attempt, getPolicyVersion } from "../core";
import { isEmail } from "../text";
import type { Widget } from "../widget";
import type { HeldWords } from "./words";

interface NoticesProps {
  readonly w: Widget;
  readonly words: HeldWords;
  readonly notices: Held["notices"];
  /** Something was asked for: what is held is read anew. */
  readonly onChange: () => void;
}

/** Letters about new versions of the policy: asked for here, confirmed by a link, ended among the choices. */
export function Notices({ w, words, notices, onChange }: NoticesProps) {
  const { t } = words;
  const { offered, asked_at, confirmed_at } = notices;
  if (!offered && !asked_at) return null;
  return (
    <>
      <h2>{t("notices")}</h2>
      {confirmed_at ? (
        <p>{t("noticesSince", { date: formatDate(confirmed_at, w.locale) })}</p>
      ) : (
        <>
          <p>{asked_at ? t("noticesWait") : t("noticesWhy")}</p>
          {offered && <NoticesForm w={w} words={words} onChange={onChange} />}
        </>
      )}
    </>
  );
}

function NoticesForm({ w, words, onChange }: Omit<NoticesProps, "notices">) {
  const { t } = words;
  const [email, setEmail] = useState("");
  const [isBad, setBad] = useState(false);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const address = email.trim();
    setBad(!isEmail(address));
    if (!isEmail(address)) return;
    const wish = { email: address, policy_version: getPolicyVersion(w) };
    if (!(await attempt(w, () => w.api.post("/me/notices", wish)))) return;
    setEmail("");
    w.set({ notice: t("noticesAsked") });
    onChange();
  }
  return (
    <form class="card" noValidate onSubmit={(event) => void send(event)}>
      <label>
        <span>{w.t("email")}</span>
        <input
          type="email"
          autocomplete="email"
          dir="ltr"
          aria-invalid={isBad}
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        {isBad && (
          <span class="bad" role="alert">
            {w.t("emailBad")}
          </span>
        )}
      </label>
      <button type="submit">{t("noticesAsk")}</button>
    </form>
  );
}
