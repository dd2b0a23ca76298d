import { formatDate, formatTime } from "@chatham/ui/time";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api";
import type { HeldItem, Held as HeldView, Receipt } from "../contract";
import { attempt, sayProblem } from "../core";
import type { Widget } from "../widget";
import { Choices } from "./Choices";
import { eraseAll } from "./erase";
import { saveFile } from "./file";
import { Notices } from "./Notices";
import { type HeldWords, loadHeldWords } from "./words";

interface PartProps {
  readonly w: Widget;
  readonly words: HeldWords;
}

/** What is held about the visitor: to read, to take along, to erase. No account is needed. */
export function Held({ w }: { w: Widget }) {
  const { t, state } = w;
  const [words, setWords] = useState<HeldWords | null>(null);
  const [held, setHeld] = useState<HeldView | null>(null);
  const [problem, setProblem] = useState("");
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.focus();
    const fail = (error: unknown): void => {
      setProblem(sayProblem(t, error instanceof Problem ? error.code : "offline"));
    };
    loadHeldWords(w.bridge.locale, w.locale).then(setWords, fail);
    if (w.memory.get().token) load().catch(fail);
  }, []);
  const load = () => w.api.get<HeldView>("/me").then(setHeld);

  function draw() {
    if (problem) return <p role="alert">{problem}</p>;
    if (!words) return <p class="muted">{t("loading")}</p>;
    if (state.receipt || state.isErased) return <Erased w={w} words={words} />;
    if (!w.memory.get().token) return <p>{words.t("heldNothing")}</p>;
    if (!held) return <p class="muted">{t("loading")}</p>;
    const reload = () => void load().catch(() => undefined);
    return <HeldList w={w} words={words} held={held} onChange={reload} />;
  }
  return (
    <div class="screen" tabIndex={-1} ref={place}>
      {draw()}
    </div>
  );
}

function HeldList(props: PartProps & { held: HeldView; onChange: () => void }) {
  const { w, words, held, onChange } = props;
  const { locale, state } = w;
  const { t, name } = words;
  return (
    <>
      <p>{t("heldLead", { n: held.conversations, version: String(held.policy_version) })}</p>
      {held.signal.sent && <p class="signal">{t("signal")}</p>}
      <dl class="held">
        {held.items.map((it) => (
          <HeldRow key={it.field} w={w} words={words} item={it} />
        ))}
      </dl>
      <Choices w={w} words={words} held={held} onChange={onChange} />
      <Notices w={w} words={words} notices={held.notices} onChange={onChange} />
      <h2>{t("readers")}</h2>
      {held.readers.length === 0 && <p>{t("readersNone")}</p>}
      <ul>
        {held.readers.map((it) => (
          <li key={it.role}>
            {t("reader", { role: name("role", it.role, it.role), n: it.count })}
            {it.last_at ? `, ${t("readerLast", { date: formatDate(it.last_at, locale) })}` : ""}
          </li>
        ))}
      </ul>
      <Acts w={w} words={words} />
      {state.config?.remember_allowed && <BrowserActs w={w} words={words} />}
    </>
  );
}

/** The value in words, where the server only describes what it holds. */
function sayValue({ t, name }: HeldWords, { field, value }: HeldItem): string {
  const count = field === "message.body" ? /^\d+/.exec(value ?? "")?.[0] : undefined;
  return count ? t("messages", { n: Number(count) }) : name("value", field, value ?? "");
}

function HeldRow({ w, words, item }: PartProps & { item: HeldItem }) {
  const { t, name, period } = words;
  const { field, label, purpose, source, retention, delete_at, recipients } = item;
  const value = sayValue(words, item);
  return (
    <div>
      <dt>{name("field", field, label)}</dt>
      {value && (
        <dd class="value" dir="auto">
          {value}
        </dd>
      )}
      <dd>
        {t("heldWhy")}: {name("purpose", purpose, purpose)}
      </dd>
      <dd>
        {t("heldFrom")}: {name("source", source, source)}
      </dd>
      <dd>
        {t("heldHow")}: {period(retention)}.
        {delete_at ? ` ${t("heldUntil", { date: formatDate(delete_at, w.locale) })}` : ""}
      </dd>
      {recipients.length > 0 && (
        <dd>
          {t("heldWho")}: {recipients.map((it) => name("role", it, it)).join(", ")}
        </dd>
      )}
    </div>
  );
}

function Acts({ w, words }: PartProps) {
  const { t } = words;
  const [isAsking, setAsking] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (isAsking) first.current?.focus();
  }, [isAsking]);

  async function save(): Promise<void> {
    const all = await attempt(w, () => w.api.get<object>("/me/export"));
    if (!all) return;
    saveFile("what-you-hold-about-me.json", all);
    w.set({ notice: t("exported") });
  }
  async function erase(): Promise<void> {
    const done = await attempt(w, () => eraseAll(w.api));
    if (!done) return;
    w.set({ receipt: done.receipt });
    w.getRoom()?.talk.forget(true);
    w.bridge.channel.postMessage({ forget: true });
    w.bridge.emit("erase");
  }
  return (
    <div class="acts">
      <button type="button" onClick={() => void save()}>
        {t("export")}
      </button>
      <Centre w={w} words={words} />
      {isAsking ? (
        <div class="card">
          <p role="alert">{t("eraseAsk")}</p>
          <div class="pair">
            <button type="button" class="danger" ref={first} onClick={() => void erase()}>
              {t("erase")}
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              {t("eraseNo")}
            </button>
          </div>
        </div>
      ) : (
        <button type="button" class="danger" onClick={() => setAsking(true)}>
          {t("erase")}
        </button>
      )}
    </div>
  );
}

/** The way into the privacy centre: asked for first, since the link works once. */
function Centre({ w, words }: PartProps) {
  const { t } = words;
  const [url, setUrl] = useState("");
  const link = useRef<HTMLAnchorElement>(null);
  useLayoutEffect(() => link.current?.focus(), [url]);
  async function ask(): Promise<void> {
    const made = await attempt(w, () => w.api.post<{ url: string }>("/me/privacy-centre", {}));
    if (made) setUrl(made.url);
  }
  if (!url) {
    return (
      <button type="button" onClick={() => void ask()}>
        {t("centre")}
      </button>
    );
  }
  return (
    <p>
      <a href={url} target="_blank" rel="noopener noreferrer" ref={link}>
        {t("centreOpen")}
      </a>{" "}
      <span class="muted">{t("centreWhy")}</span>
    </p>
  );
}

function BrowserActs({ w, words }: PartProps) {
  const { t } = words;
  const { state } = w;
  async function forget(): Promise<void> {
    if (state.isRemembered) await w.remember(false);
    if (w.state.isRemembered) return;
    w.bridge.channel.postMessage({ forget: true });
    w.getRoom()?.talk.forget(false);
    w.show("talk");
  }
  return (
    <div class="acts">
      {!state.isRemembered && (
        <button type="button" onClick={() => void w.remember(true)}>
          {w.t("remember")}
        </button>
      )}
      <button type="button" onClick={() => void forget()}>
        {t("forget")}
      </button>
      <p class="muted">{t("forgetWhy")}</p>
    </div>
  );
}

/** What a reader of the receipt looks for first; the file holds the whole proof. */
function listFacts(receipt: Receipt, locale: string): (readonly [string, string])[] {
  const { entry, ...rest } = receipt;
  const all = Object.entries({ ...(typeof entry === "object" ? entry : { entry }), ...rest });
  return all
    .filter(([name, value]) => !HIDDEN.includes(name) && typeof value !== "object")
    .map(([name, value]) => {
      const isTime = name === "at" && typeof value === "number";
      return [name.replaceAll("_", " "), isTime ? formatMoment(value, locale) : String(value)];
    });
}

const HIDDEN = ["checkpoint", "key", "proof"];

function formatMoment(at: number, locale: string): string {
  return `${formatDate(at, locale)}, ${formatTime(at, locale)}`;
}

function ReceiptCard({ w, words, receipt }: PartProps & { receipt: Receipt }) {
  const { t } = words;
  return (
    <section class="receipt" aria-label={t("receipt")}>
      <h2>{t("receipt")} ✓</h2>
      <p>{t("receiptWhy")}</p>
      <dl>
        {listFacts(receipt, w.locale).map(([name, value]) => (
          <div key={name}>
            <dt dir="ltr">{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => saveFile("erasure-receipt.json", receipt)}>
        {t("receiptSave")}
      </button>
    </section>
  );
}

function Erased({ w, words }: PartProps) {
  const { receipt } = w.state;
  return (
    <>
      <p role="alert">{words.t("erased")}</p>
      {receipt && <ReceiptCard w={w} words={words} receipt={receipt} />}
      <div class="acts">
        <button type="button" onClick={w.startNew}>
          {w.t("startNew")}
        </button>
      </div>
    </>
  );
}
