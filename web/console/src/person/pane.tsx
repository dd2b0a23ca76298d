import { api, type HeldItem, type Person } from "@chatham/client";
import { useEffect } from "preact/hooks";
import { t } from "../core/i18n";
import { useLoad } from "../core/load";
import { useStore } from "../core/store";
import { Trouble } from "../kit/bits";
import { IconButton } from "../kit/button";
import { may } from "../session/state";
import { Erase } from "./erase";
import { HeldLine } from "./item";
import { Consents, Readers, Sendings } from "./record";
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

function HeldList({ person, items }: { person: Person; items: readonly HeldItem[] }) {
  return (
    <ul class="held">
      {items.map((item) => (
        <HeldLine key={item.field} item={item} personId={person.person_id} />
      ))}
    </ul>
  );
}

function PersonFacts({ person }: { person: Person }) {
  return (
    <>
      <p class="person-lead">{t("person.lead")}</p>
      {person.items.length === 0 && <p>{t("person.nothing")}</p>}
      <HeldList person={person} items={person.items.filter((item) => item.revealable)} />
      <details class="held-more">
        <summary>{t("person.more")}</summary>
        <HeldList person={person} items={person.items.filter((item) => !item.revealable)} />
      </details>
      <Consents person={person} />
      <Readers person={person} />
      <Sendings person={person} />
      {may("erase") && <Erase person={person} />}
    </>
  );
}
