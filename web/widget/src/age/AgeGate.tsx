import { useEffect, useRef, useState } from "preact/hooks";
import { createApi, Problem } from "../api";
import { sayProblem } from "../core";
import { createToken } from "../memory";
import { Notice } from "../talk/Notice";
import type { Widget } from "../widget";
import { type AgeTranslate, loadAgeWords } from "./words";

/** An entry of the tab's storage, as the policy's register lists it: one word, the same for all. */
const PLACE = "chatham.age";
const REFUSED = "refused";
const MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

// A page may forbid storage; the server keeps the lock then.
function wasRefused(): boolean {
  try {
    return sessionStorage.getItem(PLACE) === REFUSED;
  } catch {
    return false;
  }
}
function keepRefused(): void {
  try {
    sessionStorage.setItem(PLACE, REFUSED);
  } catch {
    // As above.
  }
}

/** Month and year of birth, asked before there is anything to write in. */
export function AgeGate({ w }: { w: Widget }) {
  const [t, setWords] = useState<AgeTranslate | null>(null);
  const [isRefused, setRefused] = useState(wasRefused);
  useEffect(() => {
    loadAgeWords(w.bridge.locale, w.locale).then(
      (it) => setWords(() => it),
      () => w.set({ notice: w.t("error.offline") }),
    );
  }, []);
  function refuse(): void {
    keepRefused();
    w.set({ ageDraft: null });
    setRefused(true);
  }
  if (!t) return null;
  return isRefused ? <Refused w={w} t={t} /> : <Ask w={w} t={t} onRefuse={refuse} />;
}

interface PartProps {
  readonly w: Widget;
  readonly t: AgeTranslate;
}

function Refused({ w, t }: PartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (w.state.isOpen && w.wantsFocus()) place.current?.focus({ preventScroll: true });
  }, []);
  const url = w.state.config?.policy_url;
  return (
    <div class="foot age" role="status" tabIndex={-1} ref={place}>
      <h2>{t("refused")}</h2>
      <p>{t("refusedWhy")}</p>
      {url && (
        <p>
          <a href={`${url}#parents`} target="_blank" rel="noopener noreferrer">
            {t("parents")}
          </a>
        </p>
      )}
    </div>
  );
}

/** Digits of any script that a keyboard may write. */
function readYear(text: string): number {
  const plain = text
    .trim()
    .replace(/[٠-٩]/g, (it) => String(it.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (it) => String(it.charCodeAt(0) - 0x6f0));
  return /^\d{4}$/.test(plain) ? Number(plain) : 0;
}

function Ask({ w, t, onRefuse }: PartProps & { onRefuse: () => void }) {
  const first = useRef<HTMLSelectElement>(null);
  const [month, setMonth] = useState("");
  const [year, setYear] = useState("");
  const [isBad, setBad] = useState(false);
  const isBusy = useRef(false);
  // One secret for all tries of this page: the server knows whom it refused by it.
  const token = useRef(w.memory.get().token ?? createToken());
  const { isOpen, view } = w.state;
  useEffect(() => {
    if (isOpen && view === "talk" && w.wantsFocus()) first.current?.focus({ preventScroll: true });
  }, [isOpen, view]);

  async function goOn(pass: string): Promise<void> {
    const { ageDraft } = w.state;
    const age = { token: token.current, pass };
    w.set({ notice: "", isAgeAsked: false, ageDraft: null, age });
    // What cannot go out now waits here, behind another answer.
    if (ageDraft && !(await w.send(ageDraft))) w.set({ isAgeAsked: true, ageDraft, age: null });
  }
  async function ask(): Promise<void> {
    const { base, site } = w.bridge.config;
    const born = { year: readYear(year), month: Number(month) };
    setBad(born.year === 0 || born.month === 0);
    if (born.year === 0 || born.month === 0 || isBusy.current) return;
    isBusy.current = true;
    try {
      const api = createApi(base, () => token.current);
      const { age_pass } = await api.post<{ age_pass: string }>(`/${site}/age`, born);
      await goOn(age_pass);
    } catch (error) {
      const { code, status, retryAfterS } = error as Problem;
      if (code === "age_refused") onRefuse();
      // The policy in force asks nobody any more.
      else if (code === "age_not_asked") await goOn("");
      else if (status === 422) setBad(true);
      else if (error instanceof Problem) w.set({ notice: sayProblem(w.t, code, retryAfterS) });
      else throw error;
    } finally {
      isBusy.current = false;
    }
  }
  function onSubmit(event: Event): void {
    event.preventDefault();
    void ask();
  }
  const names = new Intl.DateTimeFormat(w.locale, {
    month: "long",
    timeZone: "UTC",
    calendar: "gregory",
  });
  return (
    <form class="foot age" noValidate aria-labelledby="age-ask" onSubmit={onSubmit}>
      <h2 id="age-ask">{t("ageAsk")}</h2>
      <p class="muted">{t("ageWhy")}</p>
      <div class="born">
        <label>
          {t("month")}
          <select
            ref={first}
            value={month}
            aria-invalid={isBad}
            onChange={(event) => setMonth(event.currentTarget.value)}
          >
            <option value="">{t("choose")}</option>
            {MONTHS.map((it) => (
              <option key={it} value={it}>
                {names.format(Date.UTC(2000, it - 1, 1))}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t("year")}
          <input
            inputMode="numeric"
            maxLength={4}
            autocomplete="off"
            dir="ltr"
            value={year}
            aria-invalid={isBad}
            onInput={(event) => setYear(event.currentTarget.value)}
          />
        </label>
      </div>
      <p class="bad" role="alert">
        {isBad && t("ageBad")}
      </p>
      <button type="submit" class="main">
        {t("go")}
      </button>
      <Notice w={w} />
    </form>
  );
}
