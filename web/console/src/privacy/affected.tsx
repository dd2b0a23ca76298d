import { api, type Incident } from "@chatham/client";
import { t } from "../core/i18n";
import { useLoad } from "../core/load";
import { Trouble } from "../kit/bits";
import { More } from "./more";

/** Whom an incident reached, by the beginning of their keyed reference and their random id. */
export function Affected({ incident }: { incident: Incident }) {
  const page = useLoad(`affected.${incident.id}`, () => api.desk.affected(incident.id));
  const people = page.value?.people ?? [];
  const cursor = page.value?.next_cursor;
  return (
    <div class="desk-affected">
      <Trouble error={page.error} onRetry={page.reload} />
      {page.value && people.length === 0 && !cursor && <p>{t("incidents.nobody")}</p>}
      <ul class="plain-list" aria-label={t("incidents.people")}>
        {people.map((person) => (
          <li key={person.person_id}>
            <code>{person.reference}</code> <span class="muted">{person.person_id}</span>
          </li>
        ))}
      </ul>
      <More
        cursor={cursor}
        read={async (from) => {
          const more = await api.desk.affected(incident.id, from);
          page.set({ ...more, people: [...people, ...more.people] });
        }}
      />
    </div>
  );
}
