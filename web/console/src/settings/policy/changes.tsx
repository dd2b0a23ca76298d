import type { ChangeClass, PolicyChange } from "@chatham/client";
import { t, tCode } from "../../core/i18n";
import { Chip } from "../../kit/bits";

const KINDS: Record<ChangeClass, "warn" | "success" | "plain"> = {
  material: "warn",
  narrower: "success",
  wording: "plain",
};

/** Each difference with what it means and why, material ones first. */
export function Changes({ changes }: { changes: readonly PolicyChange[] }) {
  if (changes.length === 0) return <p>{t("policy.noChange")}</p>;
  return (
    <ul class="policy-changes">
      {changes.map((change) => (
        <li key={change.path}>
          <div class="policy-change-head">
            <Chip kind={KINDS[change.class]}>{tCode("policy.class", change.class)}</Chip>
            <code dir="ltr">{change.path}</code>
          </div>
          <p class="policy-change-values">
            <span class="unseen">{t("policy.was")} </span>
            <bdi class="policy-before">{change.before ?? t("policy.nothing")}</bdi>
            <span aria-hidden="true"> → </span>
            <span class="unseen"> {t("policy.becomes")} </span>
            <bdi class="policy-after">{change.after ?? t("policy.nothing")}</bdi>
            <span class="muted">, {change.reason}</span>
          </p>
        </li>
      ))}
    </ul>
  );
}
