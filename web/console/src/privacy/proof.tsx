import { evidenceUrl } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { Copyable } from "../kit/bits";
import { Field } from "../kit/field";
import { Icon } from "../kit/icon";

const DAY_MICROS = 86_400_000_000;

/** Prove it: signed evidence as a file, and how somebody else checks it without us. */
export function Proof() {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const wrong = from !== "" && to !== "" && from > to;
  const url = evidenceUrl(startOf(from), endOf(to));
  return (
    <section class="desk-view" aria-label={t("desk.proof")}>
      <p class="lead">{t("proof.lead")}</p>
      <div class="desk-dates">
        <Field label={t("proof.from")} type="date" value={from} onInput={setFrom} />
        <Field
          label={t("proof.to")}
          type="date"
          value={to}
          error={wrong ? t("proof.order") : undefined}
          onInput={setTo}
        />
      </div>
      {!wrong && (
        <a class="button button-proof" href={url} download="chatham-evidence.txt">
          <Icon name="download" size={16} />
          <span>{t("proof.save")}</span>
        </a>
      )}
      <h3>{t("proof.checkTitle")}</h3>
      <p>{t("proof.check")}</p>
      <Copyable text="chatham verify chatham-evidence.txt --key KEY" label={t("proof.command")} />
      <p class="muted">{t("proof.limits")}</p>
    </section>
  );
}

/** The beginning of a day in UTC, in microseconds. */
function startOf(day: string): number | undefined {
  return day === "" ? undefined : Date.parse(`${day}T00:00:00Z`) * 1000;
}

function endOf(day: string): number | undefined {
  const start = startOf(day);
  return start === undefined ? undefined : start + DAY_MICROS - 1;
}
