import { api, type Hold } from "@chatham/client";
import { useState } from "preact/hooks";
import { t, tCode } from "../core/i18n";
import { useAction, useLoad } from "../core/load";
import { dateAndTime, longDate, relative, useNow } from "../core/time";
import { Chip, Empty, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { nameOfAgent } from "../session/state";

const MINUTE_MS = 60_000;
const HASH_SHOWN = 12;

/** Legal holds: what is kept from erasure for a court, until when, and whether an erasure waits for it. */
export function Holds() {
  const list = useLoad("holds", () => api.desk.holds());
  const holds = list.value?.holds ?? [];
  return (
    <section class="desk-view" aria-label={t("desk.holds")}>
      <p class="lead">{t("holds.lead")}</p>
      <Trouble error={list.error} onRetry={list.reload} />
      {list.value && holds.length === 0 && <Empty icon="seal" title={t("holds.none")} />}
      {holds.length > 0 && (
        <ul class="desk-list" aria-label={t("desk.holds")}>
          {holds.map((hold) => (
            <li key={hold.id}>
              <HoldCard hold={hold} onChange={list.reload} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface CardProps {
  hold: Hold;
  onChange: () => void;
}

function HoldCard({ hold, onChange }: CardProps) {
  useNow(MINUTE_MS);
  const id = `hold-${hold.id}`;
  const scope = t(
    hold.conversation_id ? "disclosures.scope.conversation" : "disclosures.scope.person",
  );
  const { released_at: ended, deadline_at: deadline, gagged_until: gagged } = hold;
  const by = nameOfAgent(hold.placed_by) ?? t("disclosures.formerMember");
  return (
    <article class="card request" aria-labelledby={id}>
      <header class="request-head">
        <h3 id={id}>{t("disclosures.card", { ground: tCode("ground", hold.ground), scope })}</h3>
        {ended ? (
          <Chip>{t("holds.ended", { time: dateAndTime(ended) })}</Chip>
        ) : (
          <span title={longDate(deadline)}>
            <Chip kind="warn" icon="clock">
              {t("holds.until", { time: relative(deadline) })}
            </Chip>
          </span>
        )}
      </header>
      <p class="request-who">
        <span>{t("holds.placed", { name: by, time: dateAndTime(hold.created_at) })}</span>
        <span>{t("holds.document", { hash: short(hold.document_hash) })}</span>
      </p>
      {hold.reason && <p dir="auto">{hold.reason}</p>}
      {gagged && !ended && (
        <p class="muted">{t("disclosures.gagged", { time: dateAndTime(gagged) })}</p>
      )}
      {hold.erasure_waits && <p>{t("holds.erasureWaits")}</p>}
      {!ended && <Release hold={hold} onChange={onChange} />}
    </article>
  );
}

const short = (hash: string) => hash.replace("sha256:", "").slice(0, HASH_SHOWN);

/** Ending a hold early; an erasure that waited for it is done at once. */
function Release({ hold, onChange }: CardProps) {
  const [sure, setSure] = useState(false);
  const action = useAction();
  const release = () =>
    void action.run(async () => {
      await api.desk.releaseHold(hold.id);
      onChange();
    });
  return (
    <div class="request-next">
      <div class="request-buttons">
        <Button onClick={() => setSure(!sure)}>{t("holds.release")}</Button>
      </div>
      {sure && (
        <fieldset class="request-ask">
          <legend>{t(hold.erasure_waits ? "holds.sureErases" : "holds.sure")}</legend>
          <Button kind="danger" busy={action.busy} onClick={release}>
            {t("holds.releaseIt")}
          </Button>
        </fieldset>
      )}
      <Trouble error={action.error} />
    </div>
  );
}
