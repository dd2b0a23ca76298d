import { api, type Incident } from "@chatham/client";
import { useState } from "preact/hooks";
import { t, tCode } from "../core/i18n";
import { useAction } from "../core/load";
import { dateAndTime, longDate, relative, useNow } from "../core/time";
import { Chip, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { TextArea } from "../kit/field";
import { Affected } from "./affected";

const MINUTE_MS = 60_000;

interface CardProps {
  incident: Incident;
  onChange: (changed: Incident) => void;
}

/** One breach or drill: what was reached, how much of the 72 hours is left, what may be done next. */
export function IncidentCard({ incident, onChange }: CardProps) {
  const [listing, setListing] = useState(false);
  const id = `incident-${incident.id}`;
  const kind = t(`incidents.kind.${incident.kind}`);
  return (
    <article class="card request" aria-labelledby={id}>
      <header class="request-head">
        <h3 id={id}>
          {t("incidents.card", { kind, scope: t(`incidents.scope.${incident.scope}`) })}
        </h3>
        <Clock incident={incident} />
      </header>
      <p class="request-who">
        <span>{t("incidents.affected", { n: incident.affected })}</span>
        <span>{t("incidents.noticedAt", { time: dateAndTime(incident.noticed_at) })}</span>
        <span>{t("incidents.entry", { n: incident.ledger_index })}</span>
      </p>
      <p>{sayCategories(incident.categories)}</p>
      {incident.people_at && <p>{t("incidents.toldPeople", { n: incident.told })}</p>}
      <Steps incident={incident} onChange={onChange}>
        <Button onClick={() => setListing(!listing)}>
          {t(listing ? "incidents.hide" : "incidents.list")}
        </Button>
      </Steps>
      {listing && <Affected incident={incident} />}
    </article>
  );
}

function sayCategories(categories: readonly string[]): string {
  if (categories.length === 0) return t("incidents.nothingReadable");
  return t("incidents.readable", {
    what: categories.map((key) => tCode("category", key)).join(", "),
  });
}

/** What is left of the 72 hours, or how they were kept. */
function Clock({ incident }: { incident: Incident }) {
  useNow(MINUTE_MS);
  const { authority_at: told, closed_at: closed, due_at: due, late } = incident;
  if (told) {
    const text = t(late ? "incidents.toldLate" : "incidents.told", { time: dateAndTime(told) });
    return <Chip kind={late ? "danger" : "success"}>{text}</Chip>;
  }
  if (closed) return <Chip>{t("incidents.closed", { time: dateAndTime(closed) })}</Chip>;
  return (
    <span title={longDate(due)}>
      <Chip kind={late ? "danger" : "warn"} icon="clock">
        {t(late ? "incidents.overdue" : "incidents.due", { time: relative(due) })}
      </Chip>
    </span>
  );
}

function Steps({
  incident,
  onChange,
  children,
}: CardProps & { children: preact.ComponentChildren }) {
  const [telling, setTelling] = useState(false);
  const action = useAction();
  const step = (work: () => Promise<Incident>) => () =>
    void action.run(async () => onChange(await work()));
  const may = (word: string) => incident.next.includes(word);
  return (
    <>
      <div class="request-buttons">
        {may("report") && (
          <Button
            kind="primary"
            busy={action.busy}
            onClick={step(() => api.desk.reportIncident(incident.id))}
          >
            {t("incidents.report")}
          </Button>
        )}
        {may("tell") && <Button onClick={() => setTelling(!telling)}>{t("incidents.tell")}</Button>}
        {children}
        {may("close") && (
          <Button busy={action.busy} onClick={step(() => api.desk.closeIncident(incident.id))}>
            {t("incidents.close")}
          </Button>
        )}
      </div>
      <Trouble error={action.error} />
      {telling && may("tell") && <Tell incident={incident} onChange={onChange} />}
    </>
  );
}

function Tell({ incident, onChange }: CardProps) {
  const [words, setWords] = useState("");
  const action = useAction();
  const send = (event: Event) => {
    event.preventDefault();
    void action.run(async () => onChange(await api.desk.tellPeople(incident.id, words.trim())));
  };
  return (
    <form class="request-form" onSubmit={send}>
      <TextArea
        label={t("incidents.words")}
        hint={t("incidents.wordsHint")}
        value={words}
        onInput={setWords}
      />
      <Trouble error={action.error} />
      <Button type="submit" kind="danger" busy={action.busy} disabled={words.trim() === ""}>
        {t("incidents.send")}
      </Button>
    </form>
  );
}
