import { api } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useLoad } from "../core/load";
import { Empty, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { AskDisclosure } from "./ask-disclosure";
import { DisclosureCard } from "./disclosure-card";

/** Releases on a legal ground: who asked, who approved, what left, and the next step of each. */
export function Disclosures() {
  const [asking, setAsking] = useState(false);
  const list = useLoad("disclosures", () => api.desk.disclosures());
  const disclosures = list.value?.disclosures ?? [];
  return (
    <section class="desk-view" aria-label={t("desk.disclosures")}>
      <header class="desk-head">
        <p class="lead">{t("disclosures.lead")}</p>
        <Button kind="primary" icon="plus" onClick={() => setAsking(true)}>
          {t("disclosures.ask")}
        </Button>
      </header>
      <Trouble error={list.error} onRetry={list.reload} />
      {list.value && disclosures.length === 0 && (
        <Empty icon="seal" title={t("disclosures.none")}>
          <p>{t("disclosures.noneText")}</p>
        </Empty>
      )}
      {disclosures.length > 0 && (
        <ul class="desk-list" aria-label={t("desk.disclosures")}>
          {disclosures.map((disclosure) => (
            <li key={disclosure.id}>
              <DisclosureCard disclosure={disclosure} onChange={list.reload} />
            </li>
          ))}
        </ul>
      )}
      {asking && (
        <AskDisclosure
          onClose={() => setAsking(false)}
          onAsked={() => {
            setAsking(false);
            list.reload();
          }}
        />
      )}
    </section>
  );
}
