import type { ConsentView } from "@chatham/client/api.gen";
import { formatDate } from "@chatham/ui/time";
import type { Held } from "../contract";
import { attempt, getPolicyVersion } from "../core";
import { loadNews } from "../news/load";
import type { Widget } from "../widget";
import type { HeldWords } from "./words";

interface ChoicesProps {
  readonly w: Widget;
  readonly words: HeldWords;
  readonly held: Held;
  /** Something was taken back: what is held is read anew. */
  readonly onChange: () => void;
}

/** What the visitor chose, when and how; what stands is taken back with one press. */
export function Choices({ w, words, held, onChange }: ChoicesProps) {
  const { t, name } = words;
  async function takeBack(choice: ConsentView): Promise<void> {
    const { purpose } = choice;
    if (purpose === "visitor.remembered") await w.remember(false);
    else if (!purpose.startsWith("policy.")) {
      const body = { purpose, granted: false, policy_version: getPolicyVersion(w) };
      if (!(await attempt(w, () => w.api.post("/me/consent", body)))) return;
    } else {
      const body = { answer: "keep", version: choice.policy_version };
      if (!(await attempt(w, () => w.api.post("/me/notice", body)))) return;
      await loadNews(w);
    }
    onChange();
  }
  return (
    <>
      <h2>{t("choices")}</h2>
      {held.consents.length === 0 && <p>{t("choicesNone")}</p>}
      <ul>
        {held.consents.map((it) => (
          <li key={it.ledger_index}>
            {name("choice", keyOf(it), it.purpose)}
            <br />
            <span class="muted">
              {t("choiceAt", {
                date: formatDate(it.at, w.locale),
                version: it.policy_version,
                way: name("way", it.way, it.way),
              })}
              {it.stands ? `, ${t("choiceStands")}` : ""}
            </span>
            {it.stands && (
              <button type="button" class="link" onClick={() => void takeBack(it)}>
                {t("choiceBack")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function keyOf({ purpose, granted }: ConsentView): string {
  if (purpose.startsWith("policy.")) return purpose;
  return `${purpose}.${granted ? "yes" : "no"}`;
}
