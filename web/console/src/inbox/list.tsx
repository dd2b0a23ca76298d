import { useEffect, useRef } from "preact/hooks";
import { t } from "../core/i18n";
import { useStore } from "../core/store";
import { Empty, Segments, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { goTo, type InboxPlace, states, views } from "./place";
import { InboxRow } from "./row";
import { listing, readListing, readMore } from "./state";

/** The list of conversations of one view, those who wait longest first. */
export function InboxList({ place }: { place: InboxPlace }) {
  const shown = useStore(listing, (now) => now);
  const isFirst = shown.status === "loading" && shown.ids.length === 0;
  return (
    <section class="list" aria-label={t("inbox.list")}>
      <header class="list-head">
        <h2>{t(`view.${place.view}`)}</h2>
        <div class="list-views">
          <Segments
            label={t("inbox.views")}
            value={place.view}
            options={views.map((value) => ({ value, text: t(`view.short.${value}`) }))}
            onChange={(view) => goTo({ view, conversationId: undefined })}
          />
        </div>
        <Segments
          label={t("inbox.states")}
          value={place.state}
          options={states.map((value) => ({ value, text: t(`state.${value}`) }))}
          onChange={(state) => goTo({ state, conversationId: undefined })}
        />
      </header>
      <div class="list-body" aria-busy={isFirst}>
        <Trouble error={shown.error} onRetry={() => void readListing()} />
        {shown.ids.length === 0 && !isFirst && shown.error === undefined && (
          <NothingHere place={place} />
        )}
        <ul class="rows">
          {shown.ids.map((id) => (
            <InboxRow key={id} id={id} place={place} />
          ))}
        </ul>
        {shown.cursor !== null && <More isBusy={shown.status === "more"} />}
      </div>
    </section>
  );
}

/** Reads on when its place comes into view; also a button, for those who do not scroll. */
function More({ isBusy }: { isBusy: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const node = place.current;
    if (!node) return undefined;
    const watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void readMore();
    });
    watcher.observe(node);
    return () => watcher.disconnect();
  }, []);
  return (
    <div ref={place} class="list-more">
      <Button kind="quiet" busy={isBusy} onClick={() => void readMore()}>
        {t("inbox.more")}
      </Button>
    </div>
  );
}

function NothingHere({ place }: { place: InboxPlace }) {
  if (place.state !== "open") {
    return (
      <Empty
        icon={place.state === "snoozed" ? "snooze" : "check"}
        title={t(`empty.${place.state}`)}
      >
        <p>{t(`empty.${place.state}Text`)}</p>
      </Empty>
    );
  }
  if (place.view !== "all") {
    return (
      <Empty icon={place.view} title={t(`empty.${place.view}`)}>
        <p>{t(`empty.${place.view}Text`)}</p>
      </Empty>
    );
  }
  return (
    <Empty icon="inbox" title={t("empty.all")}>
      <p>{t("empty.allText")}</p>
      <p>
        <a href="/" target="_blank" rel="noopener">
          {t("empty.openSite")}
        </a>
      </p>
    </Empty>
  );
}
