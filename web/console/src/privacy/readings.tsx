import { api } from "@chatham/client";
import { useState } from "preact/hooks";
import { t, tCode } from "../core/i18n";
import { useLoad } from "../core/load";
import { dateAndTime } from "../core/time";
import { hasCode } from "../core/wording";
import { Empty, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Field } from "../kit/field";
import { Table } from "../kit/table";
import { More } from "./more";

/** The access log: who of the team looked at whom, for what, when. People stand in it by reference. */
export function Readings() {
  const [person, setPerson] = useState("");
  const page = useLoad(`readings.${person}`, () => api.desk.readings(person));
  const readings = page.value?.readings ?? [];
  return (
    <section class="desk-view" aria-label={t("desk.readings")}>
      <p class="lead">{t("readings.lead")}</p>
      <Whose onChoose={setPerson} />
      {hasCode(page.error, "not_found") ? (
        <Trouble error={page.error} text={t("readings.nobody")} />
      ) : (
        <Trouble error={page.error} onRetry={page.reload} />
      )}
      {page.value && readings.length === 0 && <Empty icon="seal" title={t("readings.none")} />}
      {readings.length > 0 && (
        <Table
          label={t("readings.table")}
          head={[
            t("readings.when"),
            t("readings.who"),
            t("readings.role"),
            t("readings.why"),
            t("readings.whom"),
            t("readings.entry"),
          ]}
          rows={readings.map((one) => [
            dateAndTime(one.at),
            one.name ?? t("disclosures.formerMember"),
            tCode("role", one.role),
            tCode("purpose", one.purpose),
            one.reference,
            String(one.ledger_index),
          ])}
        />
      )}
      <More
        cursor={page.value?.next_cursor}
        read={async (cursor) => {
          const more = await api.desk.readings(person, cursor);
          page.set({ ...more, readings: [...readings, ...more.readings] });
        }}
      />
    </section>
  );
}

/** One person's readings, by the id that a breach's list or the person's own page shows. */
function Whose({ onChoose }: { onChoose: (person: string) => void }) {
  const [text, setText] = useState("");
  const submit = (event: Event) => {
    event.preventDefault();
    onChoose(text.trim());
  };
  return (
    <form class="desk-filter" onSubmit={submit}>
      <Field label={t("readings.person")} value={text} onInput={setText} />
      <Button type="submit">{t("readings.filter")}</Button>
    </form>
  );
}
