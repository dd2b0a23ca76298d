import { api, type Person } from "@chatham/client";
import { useEffect } from "preact/hooks";
import { t, tCode } from "../core/i18n";
import { useLoad } from "../core/load";
import { useStore } from "../core/store";
import { dateAndTime } from "../core/time";
import { Chip, Trouble } from "../kit/bits";
import { IconButton } from "../kit/button";
import { may } from "../session/state";
import { Erase } from "./erase";
import { HeldLine } from "./item";
import { personChanged } from "./state";

interface PersonPaneProps {
  personId: string;
  onClose: () => void;
}

/** What we hold about this person, why, from where and until when; every value is masked until asked for. */
export function PersonPane({ personId, onClose }: PersonPaneProps) {
  const loaded = useLoad(personId, () => api.people.get(personId));
  const change = useStore(personChanged, (now) => (now.personId === personId ? now.count : 0));
  const { reload } = loaded;
  useEffect(() => {
    if (change > 0) reload();
  }, [change, reload]);
  const person = loaded.value;
  return (
    <aside class="person" aria-label={t("person.title")}>
      <header class="person-head">
        <h2>{t("person.title")}</h2>
        <IconButton icon="close" label={t("person.close")} keys="i" onClick={onClose} />
      </header>
      <div class="person-body">
        <Trouble error={loaded.error} onRetry={reload} />
        {person && <PersonFacts person={person} />}
      </div>
    </aside>
  );
}

function PersonFacts({ person }: { person: Person }) {
  return (
    <>
      <p class="person-lead">{t("person.lead")}</p>
      {person.items.length === 0 && <p>{t("person.nothing")}</p>}
      <ul class="held">
        {person.items.map((item) => (
          <HeldLine key={item.field} item={item} personId={person.person_id} />
        ))}
      </ul>
      <Consents person={person} />
      <Readers person={person} />
      {may("erase") && <Erase person={person} />}
    </>
  );
}

function Consents({ person }: { person: Person }) {
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
              {tCode("consent", consent.state)} · {dateAndTime(consent.at)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Readers({ person }: { person: Person }) {
  return (
    <section class="person-part">
      <h3>{t("person.readers")}</h3>
      {person.readers.length === 0 ? (
        <p class="muted">{t("person.noReaders")}</p>
      ) : (
        <ul class="plain-list">
          {person.readers.map((reader) => (
            <li key={reader.role} class="reader">
              <span>{tCode("role", reader.role)}</span>
              <span class="muted">
                {t("person.readTimes", { n: reader.count })}
                {reader.last_at ? ` · ${dateAndTime(reader.last_at)}` : ""}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
