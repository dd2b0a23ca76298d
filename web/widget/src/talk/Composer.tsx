import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isPhone } from "../panel/focus";
import { Icon } from "../panel/icons";
import { BODY_CHARS_MAX, BODY_CHARS_WARN, countChars, isEmail } from "../text";
import type { Widget } from "../widget";
import { Notice } from "./Notice";

/** Enter sends, Shift+Enter breaks the line, and neither does while a word is being composed. */
export function Composer({
  w,
  draft,
  setDraft,
  isNew,
}: {
  w: Widget;
  draft: string;
  setDraft: (text: string) => void;
  isNew: boolean;
}) {
  const { t, state } = w;
  const { config, isOpen, view, current } = state;
  const isBusy = useRef(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [isBad, setBad] = useState(false);
  const over = countChars(draft) - BODY_CHARS_MAX;
  // Nobody is asked twice.
  const isStranger = isNew && !w.memory.get().token;
  const asksName = isStranger && config?.fields.name;
  const asksEmail = isStranger && config?.fields.email;

  useEffect(() => {
    if (isOpen && view === "talk" && w.wantsFocus()) field.current?.focus({ preventScroll: true });
  }, [isOpen, view, current]);
  useLayoutEffect(() => {
    const it = field.current;
    if (!it) return;
    it.style.setProperty("block-size", "auto");
    it.style.setProperty("block-size", `${it.scrollHeight + 2}px`);
  }, [draft, isOpen]);

  async function send(): Promise<void> {
    field.current?.focus();
    if (over > 0 || !draft.trim() || isBusy.current) return;
    const isWrong = email.trim() !== "" && !isEmail(email.trim());
    setBad(isWrong);
    if (isWrong) return;
    w.attention.arm();
    isBusy.current = true;
    const isSent = await w.send({
      body: draft,
      ...(asksName && name.trim() ? { name: name.trim() } : {}),
      ...(asksEmail && email.trim() ? { email: email.trim() } : {}),
    });
    isBusy.current = false;
    if (isSent) setDraft("");
  }
  function onKeyDown(event: KeyboardEvent): void {
    // 229: some browsers end the composition before they report the key that ended it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) {
      return;
    }
    event.preventDefault();
    void send();
  }

  return (
    <form
      class="foot"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {asksName && (
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
      )}
      {asksEmail && (
        <label>
          <span>
            {t("email")} ({t("optional")})
          </span>
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
              {t("emailBad")}
            </span>
          )}
        </label>
      )}
      <div class="compose">
        <textarea
          rows={1}
          dir="auto"
          aria-label={t("compose")}
          placeholder={t("composeHint")}
          enterkeyhint={isPhone() ? "enter" : "send"}
          aria-invalid={over > 0}
          value={draft}
          ref={field}
          onKeyDown={onKeyDown}
          onInput={(event) => {
            setDraft(event.currentTarget.value);
            w.loadRoom().then(
              (it) => it.talk.typing(),
              () => undefined,
            );
          }}
        />
        <button type="submit" class="main round" aria-label={t("send")}>
          <Icon name="send" />
        </button>
      </div>
      <p class={over > 0 ? "bad" : "muted"} role="status">
        {over > 0 && t("over", { n: over })}
        {over <= 0 && over > BODY_CHARS_WARN - BODY_CHARS_MAX && t("left", { n: -over })}
      </p>
      {isNew && <Notice w={w} />}
    </form>
  );
}
