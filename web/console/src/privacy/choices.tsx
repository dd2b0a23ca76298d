import { api, type Choice } from "@chatham/client";
import { t, tCode } from "../core/i18n";
import { useLoad } from "../core/load";
import { dateAndTime } from "../core/time";
import { Empty, Trouble } from "../kit/bits";
import { Table } from "../kit/table";
import { More } from "./more";

const SHORT = 12;

/** What people agreed to and took back: about what, when, how, under which version and text. */
export function Choices() {
  const page = useLoad("choices", () => api.desk.choices());
  const choices = page.value?.consents ?? [];
  return (
    <section class="desk-view" aria-label={t("desk.choices")}>
      <p class="lead">{t("choices.lead")}</p>
      <Trouble error={page.error} onRetry={page.reload} />
      {page.value && choices.length === 0 && <Empty icon="seal" title={t("choices.none")} />}
      {choices.length > 0 && (
        <Table
          label={t("desk.choices")}
          head={[
            t("choices.when"),
            t("choices.about"),
            t("choices.choice"),
            t("choices.way"),
            t("choices.version"),
            t("choices.text"),
            t("choices.entry"),
          ]}
          rows={choices.map((one) => [
            dateAndTime(one.created_at),
            tCode("purpose", one.purpose),
            sayChoice(one),
            tCode("choices.by", one.way),
            String(one.policy_version),
            one.text_hash.replace("sha256:", "").slice(0, SHORT),
            String(one.ledger_index),
          ])}
        />
      )}
      <More
        cursor={page.value?.next_cursor}
        read={async (cursor) => {
          const more = await api.desk.choices(cursor);
          page.set({ ...more, consents: [...choices, ...more.consents] });
        }}
      />
    </section>
  );
}

/** An answer about the policy says what it is by its purpose; anything else is given or withdrawn. */
function sayChoice({ purpose, granted, replaced_at: replacedAt }: Choice): string {
  const given = t(granted ? "consent.given" : "consent.withdrawn");
  const choice = purpose.startsWith("policy.") ? t("choices.answered") : given;
  return replacedAt ? t("choices.replaced", { choice, time: dateAndTime(replacedAt) }) : choice;
}
