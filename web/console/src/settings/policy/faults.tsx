import type { PolicyFault } from "@chatham/client";
import { t } from "../../core/i18n";
import { Icon } from "../../kit/icon";

interface FaultsProps {
  faults: readonly PolicyFault[];
  /** Puts the cursor where the fault is. */
  onGo: (line: number, column: number) => void;
}

/** What is wrong, where, and how to mend it; the place is a button that goes there. */
export function Faults({ faults, onGo }: FaultsProps) {
  return (
    <ol class="policy-faults">
      {faults.map((fault) => (
        <li key={`${fault.line}:${fault.column}:${fault.code}`}>
          <Icon name="warn" size={16} />
          <div>
            <p>
              <bdi>{fault.what}</bdi>
              {fault.clause ? (
                <span class="muted"> ({t("policy.clause", { n: fault.clause })})</span>
              ) : null}
            </p>
            <p class="muted">{t("policy.mend", { mend: fault.mend })}</p>
            <button
              type="button"
              class="text-button"
              onClick={() => onGo(fault.line, fault.column)}
            >
              {t("policy.place", { line: fault.line, column: fault.column })}
            </button>
          </div>
        </li>
      ))}
    </ol>
  );
}
