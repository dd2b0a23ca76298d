import type { AnswerView, ChangeView, NoticeView } from "@chatham/client/api.gen";
import { formatDate } from "@chatham/ui/time";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Receipt } from "../contract";
import { attempt } from "../core";
import { saveFile } from "../held/file";
import { type HeldWords, loadHeldWords } from "../held/words";
import type { Widget } from "../widget";
import { loadNews } from "./load";

/** Changes told here; the page of the difference tells all. */
const TOLD_MAX = 4;

interface PartProps {
  readonly w: Widget;
  readonly words: HeldWords;
  readonly news: NoticeView;
}

/** A new version of the policy: what changes, and three answers of the same weight. */
export function News({ w }: { w: Widget }) {
  const [words, setWords] = useState<HeldWords | null>(null);
  const { news } = w.state;
  useEffect(() => {
    loadHeldWords(w.bridge.locale, w.locale).then(setWords, () => undefined);
  }, []);
  if (!words || !news) return null;
  return (
    <div class="card proof">
      {news.due ? (
        <Ask w={w} words={words} news={news} />
      ) : (
        <Counted w={w} words={words} news={news} />
      )}
    </div>
  );
}

function Ask({ w, words, news }: PartProps) {
  const { t } = words;
  const { state } = w;
  const params = { version: news.version, from: news.stands_on, date: dateOf(w, news) };
  return (
    <>
      <div role="alert">
        <h2>{t("newsTitle")}</h2>
        <p>{t(news.rules ? "newsRules" : "newsComing", params)}</p>
      </div>
      <Told changes={news.changes} />
      <Difference w={w} words={words} news={news} />
      <p>{t(news.agreement === "deemed" ? "newsDeemed" : "newsAct")}</p>
      {state.policyChange && <p>{t("newsHeldBack")}</p>}
      <Answers w={w} words={words} news={news} />
    </>
  );
}

function Told({ changes }: { changes: readonly ChangeView[] }) {
  return (
    <ul lang="en" dir="ltr">
      {changes.slice(0, TOLD_MAX).map((it) => (
        <li key={it.path}>{it.text}</li>
      ))}
    </ul>
  );
}

function Difference({ w, words, news }: PartProps) {
  const url = new URL(news.url, w.bridge.config.base).href;
  return (
    <p>
      <a href={url} target="_blank" rel="noopener noreferrer">
        {words.t("newsAll")}
      </a>
    </p>
  );
}

function Answers({ w, words, news }: PartProps) {
  const { t } = words;
  const [isAsking, setAsking] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (isAsking) first.current?.focus();
  }, [isAsking]);
  async function answer(word: "accept" | "keep" | "erase"): Promise<void> {
    const body = { answer: word, version: news.version };
    const taken = await attempt(w, () => w.api.post<AnswerView>("/me/notice", body));
    if (!taken) return;
    if (word === "erase") return erased(w, taken.receipt as Receipt);
    if (word === "accept" && news.rules) w.getRoom()?.sending.acceptVersion(news.version);
    else w.getRoom()?.sending.keepVersion();
    await loadNews(w);
    w.set({ notice: t(`newsDone.policy.${word}`, { version: news.version }) });
  }
  if (isAsking) {
    return (
      <>
        <p role="alert">{t("newsEraseAsk")}</p>
        <div class="pair">
          <button type="button" ref={first} onClick={() => void answer("erase")}>
            {t("newsErase")}
          </button>
          <button type="button" onClick={() => setAsking(false)}>
            {t("newsEraseNo")}
          </button>
        </div>
      </>
    );
  }
  return (
    <div class="answers">
      <button type="button" onClick={() => void answer("accept")}>
        {t("newsAccept")}
      </button>
      {news.may_keep && (
        <button type="button" onClick={() => void answer("keep")}>
          {t("newsKeep")}
        </button>
      )}
      <button type="button" onClick={() => setAsking(true)}>
        {t("newsErase")}
      </button>
    </div>
  );
}

/** What a visitor wrote after notice counted: they see that it did, with the receipt. */
function Counted({ w, words, news }: PartProps) {
  const { t } = words;
  const { receipt } = news;
  return (
    <>
      <p role="alert">{t("newsDone.policy.deemed", { version: news.version })}</p>
      <Difference w={w} words={words} news={news} />
      <div class="pair">
        {receipt && (
          <button type="button" onClick={() => saveFile("policy-receipt.json", receipt)}>
            {t("newsReceipt")}
          </button>
        )}
        <button type="button" onClick={() => w.set({ isNewsSeen: true })}>
          {t("newsClose")}
        </button>
      </div>
    </>
  );
}

function erased(w: Widget, receipt: Receipt): void {
  w.set({ receipt, news: null });
  w.getRoom()?.talk.forget(true);
  w.bridge.channel.postMessage({ forget: true });
  w.bridge.emit("erase");
  w.show("held");
}

function dateOf(w: Widget, news: NoticeView): string {
  const at = Date.parse(news.effective);
  return Number.isNaN(at) ? news.effective : formatDate(at * 1000, w.locale);
}
