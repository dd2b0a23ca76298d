import { formatDate } from "@chatham/ui/time";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../api";
import type { HeldItem, Held as HeldView, Receipt } from "../contract";
import { attempt, sayProblem } from "../core";
import type { Widget } from "../widget";
import { saveFile } from "./file";

/** What is held about the visitor: to read, to take along, to erase. No account is needed. */
export function Held({ w }: { w: Widget }) {
  const { t, state } = w;
  const [held, setHeld] = useState<HeldView | null>(null);
  const [problem, setProblem] = useState("");
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.focus();
    if (!w.memory.get().token) return;
    w.api.get<HeldView>("/me").then(setHeld, (error: unknown) => {
      setProblem(sayProblem(t, error instanceof Problem ? error.code : "other"));
    });
  }, []);

  return (
    <div class="screen" tabIndex={-1} ref={place}>
      {state.receipt ? (
        <ReceiptCard w={w} receipt={state.receipt} />
      ) : !w.memory.get().token ? (
        <p>{t("heldNothing")}</p>
      ) : problem ? (
        <p role="alert">{problem}</p>
      ) : held ? (
        <HeldList w={w} held={held} />
      ) : (
        <p class="muted">{t("loading")}</p>
      )}
    </div>
  );
}

function HeldList({ w, held }: { w: Widget; held: HeldView }) {
  const { t, locale, state } = w;
  return (
    <>
      <p>{t("heldLead", { n: held.conversations, version: String(held.policy_version) })}</p>
      <dl class="held">
        {held.items.map((it) => (
          <HeldRow key={it.field} w={w} item={it} />
        ))}
      </dl>
      <h2>{t("readers")}</h2>
      {held.readers.length === 0 && <p>{t("readersNone")}</p>}
      <ul>
        {held.readers.map((it) => (
          <li key={it.role}>
            {t("reader", { role: it.role, n: it.count })}
            {it.last_at ? `, ${t("readerLast", { date: formatDate(it.last_at, locale) })}` : ""}
          </li>
        ))}
      </ul>
      <Acts w={w} />
      {state.config?.remember_allowed && <BrowserActs w={w} />}
    </>
  );
}

function HeldRow({ w, item }: { w: Widget; item: HeldItem }) {
  const { t, locale } = w;
  const { label, value, purpose, source, retention, delete_at, recipients } = item;
  return (
    <div>
      <dt>{label}</dt>
      {value && (
        <dd class="value" dir="auto">
          {value}
        </dd>
      )}
      <dd>
        {t("heldWhy")}: {purpose}
      </dd>
      <dd>
        {t("heldFrom")}: {source}
      </dd>
      <dd>
        {t("heldHow")}: {retention}
        {delete_at ? ` ${t("heldUntil", { date: formatDate(delete_at, locale) })}` : ""}
      </dd>
      {recipients.length > 0 && (
        <dd>
          {t("heldWho")}: {recipients.join(", ")}
        </dd>
      )}
    </div>
  );
}

function Acts({ w }: { w: Widget }) {
  const { t } = w;
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
    const done = await attempt(w, () => w.api.post<{ receipt: Receipt }>("/me/erase", {}));
    if (!done) return;
    w.set({ receipt: done.receipt });
    w.getRoom()?.talk.forget(true);
    w.bridge.channel?.postMessage({ forget: true });
    w.bridge.emit("erase");
  }
  return (
    <div class="acts">
      <button type="button" onClick={() => void save()}>
        {t("export")}
      </button>
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

function BrowserActs({ w }: { w: Widget }) {
  const { t, state } = w;
  async function forget(): Promise<void> {
    if (state.isRemembered) await w.remember(false);
    if (w.state.isRemembered) return;
    w.bridge.channel?.postMessage({ forget: true });
    w.getRoom()?.talk.forget(false);
    w.show("talk");
  }
  return (
    <div class="acts">
      {!state.isRemembered && (
        <button type="button" onClick={() => void w.remember(true)}>
          {t("remember")}
        </button>
      )}
      <button type="button" onClick={() => void forget()}>
        {t("forget")}
      </button>
      <p class="muted">{t("forgetWhy")}</p>
    </div>
  );
}

function ReceiptCard({ w, receipt }: { w: Widget; receipt: Receipt }) {
  const { t } = w;
  const lines = Object.entries(receipt).filter(([, value]) => typeof value !== "object");
  return (
    <>
      <p role="alert">{t("erased")}</p>
      <section class="receipt" aria-label={t("receipt")}>
        <h2>{t("receipt")} ✓</h2>
        <p>{t("receiptWhy")}</p>
        <dl dir="ltr">
          {lines.map(([name, value]) => (
            <div key={name}>
              <dt>{name.replaceAll("_", " ")}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
        </dl>
        <button type="button" onClick={() => saveFile("erasure-receipt.json", receipt)}>
          {t("receiptSave")}
        </button>
      </section>
      <div class="acts">
        <button type="button" onClick={w.startNew}>
          {t("startNew")}
        </button>
      </div>
    </>
  );
}
