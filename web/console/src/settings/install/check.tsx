import { api, type Site } from "@chatham/client";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { useStore } from "../../core/store";
import { dateAndTime, nowMicros, useNow } from "../../core/time";
import { Trouble } from "../../kit/bits";
import { Button } from "../../kit/button";
import { Icon } from "../../kit/icon";
import { Link } from "../../kit/link";
import { type Seen, seenSites } from "./seen";

const SLOW_MS = 30_000;

interface CheckProps {
  site: Site;
  onSeen: () => void;
}

/** Waits for the page to report in, and turns green by itself. */
export function Check({ site, onSeen }: CheckProps) {
  const [since, setSince] = useState<number | undefined>();
  const action = useAction();
  const start = () =>
    void action.run(async () => {
      await api.sites.check(site.id);
      setSince(nowMicros());
    });
  // A site that was never seen is waited for as soon as its tag is on the screen.
  useEffect(() => {
    if (!site.seen_at) start();
  }, [site.id]);
  const live = useStore(seenSites, (now) => now.get(site.id));
  const seen = seenNow(site, live, since);
  useEffect(() => {
    if (live) onSeen();
  }, [live]);
  const isWaiting = since !== undefined && !seen;
  return (
    <section class={`check${seen ? " check-seen" : ""}`} aria-label={t("install.checkTitle")}>
      <div role="status">
        {seen && <SeenLine seen={seen} />}
        {isWaiting && <WaitingLine site={site} since={since} />}
        {!seen && !isWaiting && <p>{t("install.checkIdle")}</p>}
      </div>
      <Trouble error={action.error} />
      {!isWaiting && (
        <Button busy={action.busy} onClick={start}>
          {seen ? t("install.checkAgain") : t("install.checkStart")}
        </Button>
      )}
    </section>
  );
}

function seenNow(site: Site, live: Seen | undefined, since: number | undefined): Seen | undefined {
  const kept = site.seen_at ? { origin: site.seen_origin ?? "", at: site.seen_at } : undefined;
  const newest = live && (!kept || live.at >= kept.at) ? live : kept;
  if (since === undefined || !newest) return newest;
  return newest.at >= since ? newest : undefined;
}

function SeenLine({ seen }: { seen: Seen }) {
  return (
    <p class="check-line">
      <span class="check-dot check-dot-on" aria-hidden="true">
        <Icon name="check" size={14} />
      </span>
      <span>
        <strong>{t("install.seen")}</strong>{" "}
        {t("install.seenAt", { origin: seen.origin, time: dateAndTime(seen.at) })}
      </span>
    </p>
  );
}

function WaitingLine({ site, since }: { site: Site; since: number }) {
  const now = useNow(1000);
  const isSlow = now - since / 1000 > SLOW_MS;
  return (
    <>
      <p class="check-line">
        <span class="check-dot" aria-hidden="true" />
        <span>
          <strong>{t("install.waiting")}</strong> {t("install.waitingText")}
        </span>
      </p>
      {isSlow && <Faults site={site} />}
    </>
  );
}

/** What most often stands in the way, with what to do about each. */
function Faults({ site }: { site: Site }) {
  return (
    <div class="faults">
      <p>{t("install.slow")}</p>
      <ul>
        <li>
          {t("install.faultOrigin", { origins: site.origins.join(", ") })}{" "}
          <Link to="settings/sites">{t("install.faultOriginMend")}</Link>
        </li>
        <li>{t("install.faultCsp")}</li>
        <li>{t("install.faultCache")}</li>
        <li>{t("install.faultMixed")}</li>
      </ul>
    </div>
  );
}
