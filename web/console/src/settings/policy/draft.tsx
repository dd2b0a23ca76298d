import { api, type PolicyCheck, type PolicyView, type Simulation } from "@chatham/client";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { Chip, Trouble } from "../../kit/bits";
import { Button } from "../../kit/button";
import { Card } from "../parts";
import { Faults } from "./faults";
import { nextVersion, offsetOf, startNext, withDate } from "./next";
import { PublishDialog } from "./publish";
import { Simulated } from "./simulated";

/** After the last key before the file is checked. */
const CHECK_PAUSE_MS = 600;

interface DraftProps {
  policy: PolicyView;
  onPublished: () => void;
}

/** The next version: pasted or begun from the last one, checked as it is written, simulated, published. */
export function Draft({ policy, onPublished }: DraftProps) {
  const [text, setText] = useState("");
  const [check, setCheck] = useState<PolicyCheck | undefined>();
  const [simulation, setSimulation] = useState<Simulation | undefined>();
  const [isAsking, setAsking] = useState(false);
  const [done, setDone] = useState("");
  const checking = useAction();
  const simulating = useAction();
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();

  useEffect(() => {
    if (text.trim() === "") return undefined;
    let isLatest = true;
    const timer = setTimeout(() => {
      void checking.run(async () => {
        const found = await api.settings.checkPolicy(text);
        if (isLatest) setCheck(found);
      });
    }, CHECK_PAUSE_MS);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [text]);

  function change(next: string): void {
    setText(next);
    setCheck(undefined);
    setSimulation(undefined);
    setDone("");
  }
  function goTo(line: number, column: number): void {
    const at = offsetOf(text, line, column);
    box.current?.focus();
    box.current?.setSelectionRange(at, at + 1);
  }
  const simulate = () =>
    void simulating.run(async () => setSimulation(await api.settings.simulatePolicy(text)));
  const finish = (version: number) => {
    change("");
    setDone(t("policy.published", { version }));
    setAsking(false);
    onPublished();
  };
  return (
    <Card title={t("policy.next")} lead={t("policy.nextLead")}>
      <div class="page-actions">
        <Button icon="policy" onClick={() => change(startNext(policy))}>
          {t("policy.startFrom", { version: nextVersion(policy) - 1 })}
        </Button>
      </div>
      <div class="field">
        <label for={id}>{t("policy.draft")}</label>
        <textarea
          id={id}
          ref={box}
          class="policy-draft"
          rows={text === "" ? 4 : 18}
          dir="ltr"
          spellcheck={false}
          autocomplete="off"
          value={text}
          aria-describedby={`${id}-about`}
          aria-invalid={check?.valid === false ? true : undefined}
          onInput={(event) => change(event.currentTarget.value)}
        />
        <div id={`${id}-about`} class="field-about">
          <p class="field-hint">{t("policy.draftHint", { next: nextVersion(policy) })}</p>
        </div>
      </div>
      <div role="status" class="policy-check">
        {checking.busy && !check ? <span class="muted">{t("policy.checking")}</span> : null}
        {check?.valid && (
          <Chip kind="success" icon="check">
            {t("policy.valid", { version: check.version ?? 0 })}
          </Chip>
        )}
        {check && !check.valid && (
          <Chip kind="danger" icon="warn">
            {t("policy.faults", { n: check.faults.length })}
          </Chip>
        )}
        <span class="saved">{done}</span>
      </div>
      {check && !check.valid && <Faults faults={check.faults} onGo={goTo} />}
      <Trouble error={checking.error ?? simulating.error} />
      {check?.valid && (
        <div class="save-bar">
          <Button busy={simulating.busy} onClick={simulate}>
            {t("policy.simulate")}
          </Button>
          {simulation && !simulation.refusal && (
            <Button kind="primary" icon="seal" onClick={() => setAsking(true)}>
              {t("policy.publish")}
            </Button>
          )}
        </div>
      )}
      {simulation && (
        <Simulated
          simulation={simulation}
          onGo={goTo}
          onDate={(date) => change(withDate(text, date))}
        />
      )}
      {isAsking && simulation && (
        <PublishDialog
          text={text}
          simulation={simulation}
          onDone={finish}
          onClose={() => setAsking(false)}
        />
      )}
    </Card>
  );
}
