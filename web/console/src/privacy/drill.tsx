import { api, type DrillRun, type DrillStep } from "@chatham/client";
import { useEffect, useState } from "preact/hooks";
import { t, tCode } from "../core/i18n";
import { useAction } from "../core/load";
import { longDate } from "../core/time";
import { Chip, Trouble } from "../kit/bits";
import { Button } from "../kit/button";

const DAY_MICROS = 86_400_000_000;
/** A day of the drill, as it is played back. */
const DAY_SHOWN_MS = 1000;

/** Thirty days under the policy in force, on a simulated clock, played back a day a second. */
export function Drill() {
  const [ran, setRan] = useState<DrillRun>();
  const [day, setDay] = useState(0);
  const action = useAction();
  const run = () =>
    void action.run(async () => {
      const drill = await api.desk.drill();
      setRan(drill);
      setDay(isStill() ? drill.days : 0);
    });
  const isPlaying = ran !== undefined && day < ran.days;
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setTimeout(() => setDay(day + 1), DAY_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, day]);
  return (
    <section class="desk-view" aria-label={t("desk.drill")}>
      <p class="lead">{t("drill.lead")}</p>
      <div class="request-buttons">
        <Button kind="primary" icon="clock" busy={action.busy} disabled={isPlaying} onClick={run}>
          {t(ran ? "drill.again" : "drill.run")}
        </Button>
        {isPlaying && <Button onClick={() => setDay(ran.days)}>{t("drill.end")}</Button>}
      </div>
      <Trouble error={action.error} />
      {ran && <Played ran={ran} day={day} />}
    </section>
  );
}

/** Whoever wants nothing to move sees the end at once. */
function isStill(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function Played({ ran, day }: { ran: DrillRun; day: number }) {
  const date = longDate(ran.from_at + day * DAY_MICROS);
  return (
    <>
      <label class="drill-day">
        <span>{t("drill.day", { day, days: ran.days, date })}</span>
        <progress max={ran.days} value={day} />
      </label>
      <ol class="drill-steps" aria-live="polite">
        {ran.steps
          .filter((step) => step.day <= day)
          .map((step) => (
            <li key={`${step.day} ${step.role} ${step.act}`}>
              <Step step={step} />
            </li>
          ))}
      </ol>
      {day === ran.days && <Outcome ran={ran} />}
    </>
  );
}

function Step({ step }: { step: DrillStep }) {
  return (
    <>
      <span class="drill-when">{t("drill.onDay", { day: step.day })}</span>
      <span class="drill-what">
        {t(`drill.role.${step.role}`)}: {t(`drill.act.${step.act}`)}
        {step.due_at != null && ` ${t("drill.due", { date: longDate(step.due_at) })}`}
        {step.by_itself && (
          <Chip kind="proof" icon="seal">
            {t("drill.byItself")}
          </Chip>
        )}
      </span>
    </>
  );
}

function Outcome({ ran }: { ran: DrillRun }) {
  return (
    <div class="drill-end">
      <h3>{t("drill.after")}</h3>
      <p class="desk-state">
        <Chip kind={ran.verified ? "success" : "danger"} icon={ran.verified ? "check" : "warn"}>
          {t(ran.verified ? "drill.verified" : "drill.broken")}
        </Chip>
        <span>{t("drill.entries", { count: ran.entries, version: ran.policy_version })}</span>
      </p>
      <ul>
        {ran.left.map((one) => (
          <li key={one.role}>
            {tCode("drill.role", one.role)}:{" "}
            {one.delete_at == null
              ? t("drill.stays")
              : t("drill.staysUntil", { date: longDate(one.delete_at) })}
          </li>
        ))}
      </ul>
    </div>
  );
}
