import type { Person, Reader } from "@chatham/client";
import { t, tCode } from "../core/i18n";
import { useStore } from "../core/store";
import { dateAndTime } from "../core/time";
import { Chip } from "../kit/bits";
import { agents } from "../session/state";

/** What this person agreed to, each with its proof. */
export function Consents({ person }: { person: Person }) {
  if (person.consents.length === 0) return null;
  return (
    <section class="person-part">
      <h3>{t("person.consents")}</h3>
      <ul class="plain-list">
        {person.consents.map((consent) => (
          <li key={`${consent.purpose}${consent.at}`}>
            <Chip kind="proof" icon="seal">
              {t("person.consent", {
                purpose: tCode("purpose", consent.purpose),
                version: consent.policy_version,
              })}
            </Chip>
            <span class="muted">
              {t(consent.granted ? "consent.given" : "consent.withdrawn")} ·{" "}
              {dateAndTime(consent.at)}
              {typeof consent.ledger_index === "number" &&
                ` · ${t("consent.inLedger", { index: consent.ledger_index })}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Who has read what is held: by name where it is a colleague, with the purpose. */
export function Readers({ person }: { person: Person }) {
  return (
    <section class="person-part">
      <h3>{t("person.readers")}</h3>
      {person.readers.length === 0 ? (
        <p class="muted">{t("person.noReaders")}</p>
      ) : (
        <ul class="plain-list">
          {person.readers.map((reader) => (
            <ReaderLine key={`${reader.agent_id}${reader.role}${reader.purpose}`} reader={reader} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Who outside received something, and what for. */
export function Sendings({ person }: { person: Person }) {
  if (person.sendings.length === 0) return null;
  return (
    <section class="person-part">
      <h3>{t("person.sendings")}</h3>
      <ul class="plain-list">
        {person.sendings.map((sending) => (
          <li key={`${sending.recipient}${sending.purpose}${sending.categories}`} class="reader">
            <span>
              {t("person.readFor", {
                name: sending.recipient,
                purpose: tCode("purpose", sending.purpose),
              })}
            </span>
            <span class="muted">
              {t("person.readTimes", { n: sending.count })}
              {` · ${dateAndTime(sending.last_at)}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ReaderLine({ reader }: { reader: Reader }) {
  const name = useStore(agents, (all) => all.find((one) => one.id === reader.agent_id)?.name);
  const who = name || tCode("role", reader.role);
  const purpose = reader.purpose ? tCode("purpose", reader.purpose) : "";
  return (
    <li class="reader">
      <span>{purpose ? t("person.readFor", { name: who, purpose }) : who}</span>
      <span class="muted">
        {t("person.readTimes", { n: reader.count })}
        {reader.last_at ? ` · ${dateAndTime(reader.last_at)}` : ""}
      </span>
    </li>
  );
}
