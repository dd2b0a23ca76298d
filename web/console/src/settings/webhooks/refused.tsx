import { ProblemError } from "@chatham/client";
import { t } from "../../core/i18n";
import { Copyable } from "../../kit/bits";

/** What a refusal of a host says to do: lines of the policy to copy. */
export function Refused({ error }: { error: unknown }) {
  const mend = error instanceof ProblemError ? error.problem.mend : undefined;
  if (!mend?.includes("[[processor]]")) return null;
  return <Copyable text={mend} label={t("settings.policy")} />;
}
