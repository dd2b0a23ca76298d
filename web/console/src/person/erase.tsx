import { api, type Person, type Receipt } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useAction } from "../core/load";
import { Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { putReceipt } from "./receipt";

/** Erasure, by hand: said what goes, asked once, proved by a receipt. */
export function Erase({ person }: { person: Person }) {
  const [asking, setAsking] = useState(false);
  const action = useAction();
  const erase = () =>
    void action.run(async () => {
      const { receipt } = await api.people.erase(person.person_id);
      setAsking(false);
      // Shown by the shell: this pane goes with the person.
      putReceipt(receipt satisfies Receipt);
    });
  return (
    <section class="person-part person-erase">
      <h3>{t("erase.heading")}</h3>
      <p class="muted">{t("erase.lead")}</p>
      <Button kind="danger" icon="erase" onClick={() => setAsking(true)}>
        {t("erase.open")}
      </Button>
      {asking && (
        <Dialog title={t("erase.title", { name: person.label })} onClose={() => setAsking(false)}>
          <p>{t("erase.what")}</p>
          <p>{t("erase.proof")}</p>
          <Trouble error={action.error} />
          <div class="dialog-foot">
            <Button onClick={() => setAsking(false)}>{t("erase.keep")}</Button>
            <Button kind="danger" busy={action.busy} onClick={erase}>
              {t("erase.do")}
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
