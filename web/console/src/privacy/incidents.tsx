import { api, type Incident } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useLoad } from "../core/load";
import { Empty, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { IncidentCard } from "./incident-card";
import { OpenIncident } from "./open-incident";

/** Breaches, real ones and drills: the 72 hours, whom they reached, and the next step of each. */
export function Incidents() {
  const [opening, setOpening] = useState(false);
  const list = useLoad("incidents", () => api.desk.incidents());
  const incidents = list.value?.incidents ?? [];
  const change = (changed: Incident) =>
    list.set({ incidents: incidents.map((one) => (one.id === changed.id ? changed : one)) });
  return (
    <section class="desk-view" aria-label={t("desk.incidents")}>
      <header class="desk-head">
        <p class="lead">{t("incidents.lead")}</p>
        <Button kind="primary" icon="plus" onClick={() => setOpening(true)}>
          {t("incidents.open")}
        </Button>
      </header>
      <Trouble error={list.error} onRetry={list.reload} />
      {list.value && incidents.length === 0 && (
        <Empty icon="seal" title={t("incidents.none")}>
          <p>{t("incidents.noneText")}</p>
        </Empty>
      )}
      <ul class="desk-list" aria-label={t("desk.incidents")}>
        {incidents.map((incident) => (
          <li key={incident.id}>
            <IncidentCard incident={incident} onChange={change} />
          </li>
        ))}
      </ul>
      {opening && (
        <OpenIncident
          onClose={() => setOpening(false)}
          onOpened={() => {
            setOpening(false);
            list.reload();
          }}
        />
      )}
    </section>
  );
}
