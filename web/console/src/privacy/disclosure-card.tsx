import { api, type Disclosure } from "@chatham/client";
import { useState } from "preact/hooks";
import { t, tCode } from "../core/i18n";
import { useLoad } from "../core/load";
import { dateAndTime, longDate, relative, useNow } from "../core/time";
import { Chip, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { nameOfAgent } from "../session/state";
import { DisclosureSteps } from "./disclosure-steps";

const MINUTE_MS = 60_000;
const HASH_SHOWN = 12;

interface CardProps {
  disclosure: Disclosure;
  onChange: () => void;
}

/** One release: its ground and reach, who approved it, what the person knows, what may be done next. */
export function DisclosureCard({ disclosure, onChange }: CardProps) {
  const [open, setOpen] = useState(false);
  const id = `disclosure-${disclosure.id}`;
  return (
    <article class="card request" aria-labelledby={id}>
      <header class="request-head">
        <h3 id={id}>
          {t("disclosures.card", {
            ground: groundOf(disclosure.ground),
            scope: t(`disclosures.scope.${disclosure.scope}`),
          })}
        </h3>
        <State disclosure={disclosure} />
      </header>
      <People disclosure={disclosure} />
      <p>{t("disclosures.what", { what: disclosure.categories.map(categoryOf).join(", ") })}</p>
      <Facts disclosure={disclosure} />
      <DisclosureSteps disclosure={disclosure} onChange={onChange}>
        {disclosure.person_id && (
          <Button onClick={() => setOpen(!open)}>
            {t(open ? "disclosures.hide" : "disclosures.show")}
          </Button>
        )}
      </DisclosureSteps>
      {open && <Opened disclosure={disclosure} />}
    </article>
  );
}

const groundOf = (word: string) => tCode("ground", word);
const categoryOf = (key: string) => tCode("category", key);
const nameOf = (id: string) => nameOfAgent(id) ?? t("disclosures.formerMember");

/** What it waits for, or how it ended. */
function State({ disclosure }: { disclosure: Disclosure }) {
  useNow(MINUTE_MS);
  const { state, closed_at: closed, lapses_at: lapses, review_due_at: due } = disclosure;
  if (state === "open") {
    const has = disclosure.approved_by.length;
    const text = t("disclosures.approvals", { has, needs: disclosure.approvals_needed });
    return (
      <span title={t("disclosures.lapses", { time: longDate(lapses) })}>
        <Chip kind={has < disclosure.approvals_needed ? "warn" : "success"} icon="clock">
          {text}
        </Chip>
      </span>
    );
  }
  if (disclosure.needs_approval) {
    const time = due ? relative(due) : "";
    return (
      <Chip kind="danger" icon="warn">
        {t("disclosures.unreviewed", { time })}
      </Chip>
    );
  }
  const time = closed ? dateAndTime(closed) : "";
  const kind = state === "released" ? "success" : "plain";
  return <Chip kind={kind}>{t(`disclosures.state.${state}`, { time })}</Chip>;
}

function People({ disclosure }: { disclosure: Disclosure }) {
  const { requested_by: asker, approved_by: approved, created_at: at } = disclosure;
  return (
    <p class="request-who">
      <span>{t("disclosures.asked", { name: nameOf(asker), time: dateAndTime(at) })}</span>
      {approved.length > 0 && (
        <span>{t("disclosures.approvedBy", { names: approved.map(nameOf).join(", ") })}</span>
      )}
      {!disclosure.person_id && <span>{t("disclosures.personGone")}</span>}
    </p>
  );
}

/** The other ground, the document, what the person is told, the second look, and the hash of the copy. */
function Facts({ disclosure }: { disclosure: Disclosure }) {
  const { second_ground: second, document_hash: document, deadline_at: deadline } = disclosure;
  const lines = [
    second && t("disclosures.alsoFor", { ground: groundOf(second) }),
    document &&
      deadline &&
      t("disclosures.document", { hash: short(document), time: longDate(deadline) }),
    tellOf(disclosure),
    reviewOf(disclosure),
    disclosure.bundle_hash && t("disclosures.copyHash", { hash: short(disclosure.bundle_hash) }),
  ].filter((line): line is string => Boolean(line));
  if (lines.length === 0) return null;
  return (
    <ul class="plain-list muted disclosure-facts">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

const short = (hash: string) => hash.replace("sha256:", "").slice(0, HASH_SHOWN);

function tellOf({ state, notified_at: told, gagged_until: gagged }: Disclosure): string {
  if (told) return t("disclosures.told", { time: dateAndTime(told) });
  if (state !== "open" && state !== "released") return "";
  if (gagged) return t("disclosures.gagged", { time: dateAndTime(gagged) });
  return state === "open" ? t("disclosures.willTell") : t("disclosures.telling");
}

function reviewOf({ needs_approval: waits, review_due_at: due, reviewed_at: done }: Disclosure) {
  if (done) return t("disclosures.reviewed", { time: dateAndTime(done) });
  return due && !waits ? t("disclosures.reviewDue", { time: longDate(due) }) : "";
}

/** Why, by which rule, to whom. Opening it is a reading that the person may see. */
function Opened({ disclosure }: { disclosure: Disclosure }) {
  const one = useLoad(`disclosure.${disclosure.id}`, () => api.desk.disclosure(disclosure.id));
  const { reason, rule, recipient, recipient_key: key } = one.value ?? {};
  return (
    <div class="disclosure-opened">
      <Trouble error={one.error} onRetry={one.reload} />
      {one.value && (
        <dl class="held-facts">
          <Fact name={t("disclosures.reason")} value={reason} />
          <Fact name={t("disclosures.rule")} value={rule} />
          <Fact name={t("disclosures.recipient")} value={recipient} />
          <Fact name={t("disclosures.key")} value={key} />
        </dl>
      )}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string | null | undefined }) {
  if (!value) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd dir="auto">{value}</dd>
    </div>
  );
}
