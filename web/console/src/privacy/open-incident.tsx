import { api, type Incident, type IncidentScope } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useAction } from "../core/load";
import { useStore } from "../core/store";
import { fieldError } from "../core/wording";
import { Segments, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Field, Select } from "../kit/field";
import { agents } from "../session/state";

const kinds: readonly Incident["kind"][] = ["drill", "real"];
const scopes: readonly IncidentScope[] = ["keys", "copy", "agent", "period"];

interface OpenProps {
  onClose: () => void;
  onOpened: () => void;
}

/** A breach is opened: what somebody got at, and since when. A drill is the same, and writes to nobody. */
export function OpenIncident({ onClose, onOpened }: OpenProps) {
  const team = useStore(agents, (all) => all);
  const [kind, setKind] = useState<Incident["kind"]>("drill");
  const [scope, setScope] = useState<IncidentScope>("keys");
  const [agent, setAgent] = useState(team[0]?.id ?? "");
  const [from, setFrom] = useState("");
  const [noticed, setNoticed] = useState("");
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    void action.run(async () => {
      await api.desk.openIncident({
        kind,
        scope,
        ...(scope === "agent" && { agent_id: agent }),
        ...(from !== "" && { from_at: micros(from) }),
        ...(noticed !== "" && { noticed_at: micros(noticed) }),
      });
      onOpened();
    });
  };
  const wrong = (field: string) => fieldError(action.error, field);
  return (
    <Dialog title={t("incidents.open")} onClose={onClose}>
      <form class="save-form" onSubmit={submit}>
        <Segments
          label={t("incidents.kind")}
          value={kind}
          options={kinds.map((value) => ({ value, text: t(`incidents.kind.${value}`) }))}
          onChange={setKind}
        />
        <p class="muted">{t(`incidents.means.${kind}`)}</p>
        <Select
          label={t("incidents.scope")}
          value={scope}
          options={scopes.map((value) => ({ value, text: t(`incidents.scope.${value}`) }))}
          onChange={setScope}
        />
        {scope === "agent" && (
          <Select
            label={t("incidents.agent")}
            value={agent}
            options={team.map((one) => ({ value: one.id, text: one.name }))}
            onChange={setAgent}
          />
        )}
        <Field
          label={t("incidents.from")}
          hint={t("incidents.fromHint")}
          type="datetime-local"
          value={from}
          error={wrong("from_at")}
          onInput={setFrom}
        />
        <Field
          label={t("incidents.noticed")}
          hint={t("incidents.noticedHint")}
          type="datetime-local"
          value={noticed}
          error={wrong("noticed_at")}
          onInput={setNoticed}
        />
        <Trouble error={action.error} />
        <Button kind="primary" type="submit" busy={action.busy}>
          {t(`incidents.begin.${kind}`)}
        </Button>
      </form>
    </Dialog>
  );
}

function micros(local: string): number {
  return new Date(local).getTime() * 1000;
}
