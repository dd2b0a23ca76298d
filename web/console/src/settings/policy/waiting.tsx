import type { PolicyWaiting } from "@chatham/client";
import { t } from "../../core/i18n";
import { longDate } from "../../core/time";
import { Chip } from "../../kit/bits";
import { Icon } from "../../kit/icon";
import { Changes } from "./changes";

/** The version that is published and does not rule yet. */
export function Waiting({ waiting, from }: { waiting: PolicyWaiting; from: number }) {
  const date = longDate(Date.parse(waiting.effective) * 1000);
  return (
    <section class="card policy-waiting">
      <Chip kind={waiting.material ? "warn" : "proof"} icon="clock">
        {t("policy.waiting", { version: waiting.version })}
      </Chip>
      <p>{t("policy.waitingLead", { date, from })}</p>
      <Changes changes={waiting.changes} />
      <a
        href={`/privacy/v/${from}/to/${waiting.version}`}
        target="_blank"
        rel="noopener"
        class="button button-proof"
      >
        <Icon name="policy" size={16} />
        <span>{t("policy.difference")}</span>
      </a>
    </section>
  );
}
