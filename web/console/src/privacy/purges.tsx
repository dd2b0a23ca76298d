import { api } from "@chatham/client";
import { t, tCode } from "../core/i18n";
import { useLoad } from "../core/load";
import { dateAndTime, relative } from "../core/time";
import { Chip, Empty, Trouble } from "../kit/bits";
import { Table } from "../kit/table";

/** What was past its time and went: when, by which rule, how much. */
export function Purges() {
  const page = useLoad("purges", () => api.desk.purges());
  const runs = page.value?.runs ?? [];
  return (
    <section class="desk-view" aria-label={t("desk.purges")}>
      <p class="lead">{t("purges.lead")}</p>
      <Trouble error={page.error} onRetry={page.reload} />
      {page.value && <Lag {...page.value.sweeper} />}
      {page.value && runs.length === 0 && <Empty icon="seal" title={t("purges.none")} />}
      {runs.length > 0 && (
        <Table
          label={t("desk.purges")}
          head={[
            t("purges.when"),
            t("purges.what"),
            t("purges.count"),
            t("purges.version"),
            t("purges.entry"),
          ]}
          rows={runs.map((run) => [
            dateAndTime(run.ran_at),
            tCode("purges.rule", run.rule),
            String(run.purged),
            String(run.policy_version),
            run.ledger_index == null ? t("purges.unnumbered") : String(run.ledger_index),
          ])}
        />
      )}
    </section>
  );
}

interface LagProps {
  lag_s: number;
  last_run_at?: number | null;
}

function Lag({ lag_s: lag, last_run_at: last }: LagProps) {
  if (last == null) return <p class="muted">{t("purges.notYet")}</p>;
  return (
    <p class="desk-state">
      <Chip kind={lag > 0 ? "danger" : "success"} icon={lag > 0 ? "warn" : "check"}>
        {t(lag > 0 ? "purges.late" : "purges.onTime")}
      </Chip>
      <span>{t("purges.last", { time: relative(last) })}</span>
    </p>
  );
}
