import type { ContactView } from "@chatham/client/api.gen";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { attempt, findCurrent, getPolicyVersion } from "../core";
import { isNewsDue, loadNews } from "../news/load";
import { Later } from "../panel/Later";
import { isEmail } from "../text";
import type { Widget } from "../widget";

const loadNewsCard = () => import("../news/News").then((it) => it.News);
const loadRating = () => import("../rating/Rating").then((it) => it.Rating);

/** What stands between the messages and the composer, when there is something to say or to ask. */
export function Cards({ w, setDraft }: { w: Widget; setDraft: (text: string) => void }) {
  const { state, t } = w;
  return (
    <>
      {state.current !== null && state.stream === "connecting" && (
        <p class="bar">{t("connecting")}</p>
      )}
      <OneCard w={w} setDraft={setDraft} />
    </>
  );
}

/** Only the most pressing question at a time. */
function OneCard({ w, setDraft }: { w: Widget; setDraft: (text: string) => void }) {
  const { state } = w;
  const conversation = findCurrent(state);
  if (isNewsDue(w)) return <Later load={loadNewsCard} w={w} />;
  if (state.policyChange) return <PolicyCard w={w} onRefuse={setDraft} />;
  if (!conversation) return null;
  if (conversation.state === "resolved") return <Later load={loadRating} w={w} />;
  if (state.view === "end") return <EndCard w={w} />;
  return isEmailDue(w) ? <EmailCard w={w} /> : <RememberCard w={w} />;
}

/** An answer may come after the visitor has left, and there is no address for it yet. */
function isEmailDue({ state, memory }: Widget): boolean {
  const { config, visitor, messages } = state;
  const isWanted = config?.fields.email === true && config.availability !== "online";
  return isWanted && messages.length > 0 && !visitor?.email_masked && !memory.get().hasEmail;
}

/** Another version of the policy is in force: yes and no weigh the same. */
function PolicyCard({ w, onRefuse }: { w: Widget; onRefuse: (text: string) => void }) {
  const { t, state } = w;
  const { policyChange } = state;
  const sending = w.getRoom()?.sending;
  // Somebody whom the server knows is told what changes for them, and may keep what they were promised.
  useEffect(() => void loadNews(w), []);
  if (!policyChange || !sending) return null;
  return (
    <div class="card proof">
      <p role="alert">
        {t("policyNew", { version: policyChange.version })}{" "}
        <a href={policyChange.url} target="_blank" rel="noopener noreferrer">
          {t("policySee")}
        </a>
      </p>
      <div class="pair">
        <button type="button" onClick={sending.acceptPolicy}>
          {t("policyYes")}
        </button>
        <button type="button" onClick={() => onRefuse(sending.refusePolicy())}>
          {t("policyNo")}
        </button>
      </div>
    </div>
  );
}

/** Asked once, after the first message has arrived. */
function RememberCard({ w }: { w: Widget }) {
  const { t, state } = w;
  const { config, isRemembered, isRememberAnswered, messages } = state;
  const isDue = messages.length > 0 && config?.remember_allowed && !isRemembered;
  if (!isDue || isRememberAnswered || w.memory.get().isAsked) return null;
  function refuse(): void {
    w.memory.set({ isAsked: true });
    w.set({ isRememberAnswered: true });
  }
  return (
    <div class="card">
      <p>{t("rememberAsk")}</p>
      <div class="pair">
        <button type="button" onClick={() => void w.remember(true)}>
          {t("remember")}
        </button>
        <button type="button" onClick={refuse}>
          {t("rememberNo")}
        </button>
      </div>
    </div>
  );
}

/** Offered where an answer may come after the visitor has left. */
function EmailCard({ w }: { w: Widget }) {
  const { t } = w;
  const [email, setEmail] = useState("");
  const [isBad, setBad] = useState(false);

  async function save(event: Event): Promise<void> {
    event.preventDefault();
    const address = email.trim();
    setBad(!isEmail(address));
    if (!isEmail(address)) return;
    const saved = await attempt(w, () =>
      w.api.post<ContactView>(
        "/me/contact",
        { email: address, policy_version: getPolicyVersion(w) },
        "PUT",
      ),
    );
    if (!saved) return;
    w.memory.set({ hasEmail: true });
    const key = saved.verification_sent ? "emailVerify" : "emailSaved";
    w.set({ notice: t(key, { email: address }) });
  }
  return (
    <form class="card" noValidate onSubmit={(event) => void save(event)}>
      <label>
        <span>{t("emailAsk")}</span>
        <input
          type="email"
          autocomplete="email"
          dir="ltr"
          aria-label={t("email")}
          aria-invalid={isBad}
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        {isBad && (
          <span class="bad" role="alert">
            {t("emailBad")}
          </span>
        )}
      </label>
      <button type="submit">{t("emailSave")}</button>
    </form>
  );
}

function EndCard({ w }: { w: Widget }) {
  const { t } = w;
  const first = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  return (
    <div class="card">
      <p>{t("endAsk")}</p>
      <div class="pair">
        <button
          type="button"
          ref={first}
          onClick={() => {
            w.show("talk");
            void w.end();
          }}
        >
          {t("end")}
        </button>
        <button type="button" onClick={() => w.show("talk")}>
          {t("endNo")}
        </button>
      </div>
    </div>
  );
}
