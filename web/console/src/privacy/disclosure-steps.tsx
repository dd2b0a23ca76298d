import { api, type Disclosure, type DisclosureStep, disclosureCopyUrl } from "@chatham/client";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useAction } from "../core/load";
import { Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Icon } from "../kit/icon";
import { getMe } from "../session/state";

interface StepsProps {
  disclosure: Disclosure;
  onChange: () => void;
  children: ComponentChildren;
}

const steps: readonly DisclosureStep[] = ["approve", "release", "review", "close"];

/** What the reader may do with a release; each step asks once more, because none is taken back. */
export function DisclosureSteps({ disclosure, onChange, children }: StepsProps) {
  const [sure, setSure] = useState<DisclosureStep | undefined>();
  const action = useAction();
  const isOwn = disclosure.requested_by === getMe()?.id;
  const may = (step: string) => disclosure.next.includes(step);
  const take = (step: DisclosureStep) =>
    void action.run(async () => {
      await api.desk.disclosureStep(disclosure.id, step);
      setSure(undefined);
      onChange();
    });
  return (
    <div class="request-next">
      <div class="request-buttons">
        {steps.filter(may).map((step) => (
          <Button
            key={step}
            kind={step === "approve" || step === "release" ? "primary" : "plain"}
            onClick={() => {
              action.clear();
              setSure(sure === step ? undefined : step);
            }}
          >
            {t(
              step === "close" && isOwn ? "disclosures.step.takeBack" : `disclosures.step.${step}`,
            )}
          </Button>
        ))}
        {may("copy") && (
          <a class="button" href={disclosureCopyUrl(disclosure.id)} download>
            <Icon name="download" size={16} />
            <span>{t("disclosures.step.copy")}</span>
          </a>
        )}
        {children}
      </div>
      {sure && may(sure) && (
        <fieldset class="request-ask">
          <legend>{t(`disclosures.sure.${sure}`)}</legend>
          <Button
            kind={sure === "release" ? "danger" : "plain"}
            busy={action.busy}
            onClick={() => take(sure)}
          >
            {t(`disclosures.do.${sure}`)}
          </Button>
        </fieldset>
      )}
      <Trouble error={action.error} />
    </div>
  );
}
