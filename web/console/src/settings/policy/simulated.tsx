import type { Simulation } from "@chatham/client";
import { t, tCode } from "../../core/i18n";
import { longDate } from "../../core/time";
import { Chip } from "../../kit/bits";
import { Button } from "../../kit/button";
import { Table } from "../../kit/table";
import { Changes } from "./changes";
import { Faults } from "./faults";

interface SimulatedProps {
  simulation: Simulation;
  onGo: (line: number, column: number) => void;
  onDate: (date: string) => void;
}

/** What publishing would do now: the changes, for whom, from when, and why not, if it may not. */
export function Simulated({ simulation, onGo, onDate }: SimulatedProps) {
  const { material, refusal, standing, ask_again, earliest } = simulation;
  const date = longDate(Date.parse(earliest) * 1000);
  const isTooEarly = refusal?.code === "notice_too_short" || refusal?.code === "before_predecessor";
  return (
    <div class="policy-simulated">
      <h4>{t("policy.simulated")}</h4>
      <p class="policy-verdict">
        <Chip kind={material ? "warn" : "success"}>
          {tCode("policy.class", material ? "material" : "narrower")}
        </Chip>
        <span>{t(material ? "policy.verdictMaterial" : "policy.verdictMild", { date })}</span>
      </p>
      {refusal && (
        <div role="alert">
          <p class="policy-refused">{t("policy.mayNot")}</p>
          <Faults faults={[refusal]} onGo={onGo} />
          {isTooEarly && (
            <Button icon="clock" onClick={() => onDate(earliest)}>
              {t("policy.setDate")}
            </Button>
          )}
        </div>
      )}
      <Changes changes={simulation.changes} />
      {ask_again.length > 0 && (
        <p>{t("policy.askAgain", { purposes: ask_again.map(purposeName).join(", ") })}</p>
      )}
      {standing.length > 0 && (
        <Table
          label={t("policy.forWhom")}
          head={[t("policy.standsOn"), t("policy.forWhom"), t("policy.people"), t("policy.asked")]}
          rows={standing.map((one) => [
            t("policy.version", { version: one.version }),
            tCode("policy.kind", one.kind),
            String(one.persons),
            t(one.asked && one.kind === "visitor" ? "policy.yes" : "policy.no"),
          ])}
        />
      )}
    </div>
  );
}

function purposeName(key: string): string {
  return tCode("purpose", key);
}
