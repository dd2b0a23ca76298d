import { api, type Simulation } from "@chatham/client";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { longDate } from "../../core/time";
import { Trouble } from "../../kit/bits";
import { Button } from "../../kit/button";
import { Dialog } from "../../kit/dialog";

interface PublishDialogProps {
  text: string;
  simulation: Simulation;
  onDone: (version: number) => void;
  onClose: () => void;
}

/** What is about to happen, for whom and when; then one press. */
export function PublishDialog({ text, simulation, onDone, onClose }: PublishDialogProps) {
  const action = useAction();
  const { version, material } = simulation;
  const effective = Date.parse(simulation.effective);
  const isNow = Number.isNaN(effective) || effective <= Date.now();
  const asked = simulation.standing.filter((one) => one.asked && one.kind === "visitor");
  const people = asked.reduce((sum, one) => sum + one.persons, 0);
  const publish = () =>
    void action.run(async () => {
      const published = await api.settings.publishPolicy(text);
      onDone(published.version);
    });
  return (
    <Dialog title={t("policy.publishSure", { version })} onClose={onClose} kind="proof">
      <ul class="policy-sure">
        <li>
          {isNow
            ? t("policy.publishNow")
            : t("policy.publishWhen", { date: longDate(effective * 1000) })}
        </li>
        {material && <li>{t("policy.publishMaterial", { n: people })}</li>}
        <li>{t("policy.publishFile")}</li>
      </ul>
      <Trouble error={action.error} />
      <div class="save-bar">
        <Button kind="primary" icon="seal" busy={action.busy} onClick={publish}>
          {t("policy.publishDo", { version })}
        </Button>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
      </div>
    </Dialog>
  );
}
