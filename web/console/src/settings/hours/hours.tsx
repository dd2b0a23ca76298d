import { api, type WorkingHours } from "@chatham/client";
import { useMemo, useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useAction, useLoad } from "../../core/load";
import { Trouble } from "../../kit/bits";
import { Select, Switch } from "../../kit/field";
import { Card, PageHead, SaveForm } from "../parts";
import { Days } from "./days";
import { Holidays } from "./holidays";
import { findOverlap } from "./overlap";

export function Hours() {
  const loaded = useLoad("hours", api.settings.hours);
  return (
    <>
      <PageHead title={t("settings.hours")} lead={t("hours.lead")} />
      <Trouble error={loaded.error} onRetry={loaded.reload} />
      {loaded.value && <HoursForm hours={loaded.value} />}
    </>
  );
}

function HoursForm({ hours }: { hours: WorkingHours }) {
  const [draft, setDraft] = useState(hours);
  const action = useAction();
  const change = (part: Partial<WorkingHours>) => setDraft((now) => ({ ...now, ...part }));
  const zones = useMemo(() => listZones(hours.timezone), [hours.timezone]);
  const wrong = draft.always ? undefined : findOverlap(draft.days);
  const save = async () => {
    await api.settings.saveHours(draft);
  };
  return (
    <SaveForm action={action} save={save} disabled={wrong !== undefined}>
      <Card title={t("hours.when")}>
        <Switch
          label={t("hours.always")}
          hint={t("hours.alwaysHint")}
          on={draft.always}
          onChange={(always) => change({ always })}
        />
        <Select
          label={t("hours.zone")}
          value={draft.timezone}
          options={zones}
          hint={t("hours.zoneHint", { time: timeIn(draft.timezone) })}
          onChange={(timezone) => change({ timezone })}
        />
      </Card>
      {!draft.always && (
        <Card title={t("hours.week")} lead={t("hours.weekLead")}>
          <Days days={draft.days} wrong={wrong} onChange={(days) => change({ days })} />
        </Card>
      )}
      {!draft.always && (
        <Card title={t("hours.holidays")} lead={t("hours.holidaysLead")}>
          <Holidays holidays={draft.holidays} onChange={(holidays) => change({ holidays })} />
        </Card>
      )}
    </SaveForm>
  );
}

function listZones(current: string) {
  const known = Intl.supportedValuesOf("timeZone");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = [...new Set([own, "UTC", current, ...known])].filter((zone) => zone !== "");
  return all.map((value) => ({ value, text: value.replaceAll("_", " ") }));
}

function timeIn(zone: string): string {
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone: zone, timeStyle: "short" }).format();
  } catch {
    return "";
  }
}
