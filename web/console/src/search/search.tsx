import { api, type SearchResult } from "@chatham/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useLateValue } from "../core/late";
import { getRoute, go, type Route } from "../core/router";
import { shortMoment } from "../core/time";
import { Empty, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Icon } from "../kit/icon";
import { Link } from "../kit/link";

const WAIT_MS = 250;

/** Finds words in conversations. The words themselves stay out of the address and of the history. */
export function Search({ route }: { route: Route }) {
  const [text, setText] = useState("");
  const late = useLateValue(text.trim(), WAIT_MS);
  const found = useResults(late);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), [route]);
  return (
    <section class="search" aria-label={t("search.title")}>
      <header class="search-head">
        <h2>{t("search.title")}</h2>
        <div class="search-field">
          <Icon name="search" />
          <input
            ref={input}
            type="search"
            aria-label={t("search.label")}
            placeholder={t("search.placeholder")}
            value={text}
            autocomplete="off"
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape" && text === "" && getRoute().path[0] === "search")
                go("inbox");
            }}
          />
        </div>
      </header>
      <div class="search-body" aria-live="polite">
        <Trouble error={found.error} onRetry={found.again} />
        {late === "" && (
          <Empty icon="search" title={t("search.start")}>
            <p>{t("search.startText")}</p>
          </Empty>
        )}
        {late !== "" && found.results?.length === 0 && (
          <Empty icon="search" title={t("search.none", { text: late })}>
            <p>{t("search.noneText")}</p>
          </Empty>
        )}
        <ul class="results">
          {found.results?.map((result) => (
            <ResultLine key={`${result.conversation_id}/${result.seq}`} result={result} />
          ))}
        </ul>
        {found.cursor && (
          <Button kind="quiet" onClick={found.more}>
            {t("inbox.more")}
          </Button>
        )}
      </div>
    </section>
  );
}

function ResultLine({ result }: { result: SearchResult }) {
  return (
    <li>
      <Link to={`inbox/${result.conversation_id}`} class="result">
        <span class="result-top">
          <bdi class="row-name">{result.label}</bdi>
          <time class="row-time">{shortMoment(result.created_at)}</time>
        </span>
        <bdi class="result-text">{result.snippet}</bdi>
      </Link>
    </li>
  );
}

interface Found {
  results: readonly SearchResult[] | undefined;
  cursor: string | null;
  error: unknown;
}

const nothing: Found = { results: undefined, cursor: null, error: undefined };

function useResults(text: string) {
  const [found, setFound] = useState<Found>(nothing);
  const asked = useRef(0);
  const read = async (cursor: string | null) => {
    asked.current += 1;
    const mine = asked.current;
    try {
      const page = await api.search(text, cursor);
      if (mine !== asked.current) return;
      setFound((now) => ({
        results: [...(cursor ? (now.results ?? []) : []), ...page.results],
        cursor: page.next_cursor ?? null,
        error: undefined,
      }));
    } catch (error) {
      if (mine === asked.current) setFound({ ...nothing, error });
    }
  };
  useEffect(() => {
    if (text === "") setFound(nothing);
    else void read(null);
  }, [text]);
  return { ...found, again: () => void read(null), more: () => void read(found.cursor) };
}
