import { api, type ExtensionReason, type Request, type RequestProof } from "@chatham/client";
import { useState } from "preact/hooks";
import { t, tCode } from "../core/i18n";
import { type Action, useAction } from "../core/load";
import { dateAndTime, longDate, relative, useNow } from "../core/time";
import { Chip, CopyButton, Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { kindOf, outcomeOf, purposeOf, sayStep } from "./words";

const MINUTE_MS = 60_000;
const SOON_MICROS = 3 * 24 * 3600 * 1_000_000;

interface CardProps {
  request: Request;
  onChange: (request: Request) => void;
}

export function RequestCard({ request, onChange }: CardProps) {
  const { kind, purpose, label } = request;
  const about = purpose ? `${kindOf(kind)}: ${purposeOf(purpose)}` : kindOf(kind);
  return (
    <article class="card request" aria-labelledby={`request-${request.id}`}>
      <header class="request-head">
        <h3 id={`request-${request.id}`}>{about}</h3>
        <Clock request={request} />
      </header>
      <p class="request-who">
        <bdi>{label ?? t("request.gone")}</bdi>
        <span>{t(`request.way.${request.way}`)}</span>
        <span>{t("request.received", { time: dateAndTime(request.received_at) })}</span>
      </p>
      <Proof request={request} />
      <Next request={request} onChange={onChange} />
      <details class="request-steps">
        <summary>{t("request.steps", { n: request.steps.length })}</summary>
        <ol>
          {request.steps.map((step) => (
            <li key={step.ledger_index}>
              <time>{dateAndTime(step.at)}</time> {sayStep(step)}{" "}
              <span class="request-entry">{t("request.entry", { n: step.ledger_index })}</span>
            </li>
          ))}
        </ol>
      </details>
    </article>
  );
}

/** When it runs by itself: never overdue, because it does. */
function Clock({ request }: { request: Request }) {
  const now = useNow(MINUTE_MS);
  if (request.state !== "open") return <Chip kind="success">{outcomeOf(request)}</Chip>;
  const left = request.due_at - now * 1000;
  const soon = left < SOON_MICROS;
  const text =
    left <= 0 ? t("request.runsNow") : t("request.due", { time: relative(request.due_at) });
  return (
    <span title={longDate(request.due_at)}>
      <Chip kind={soon ? "warn" : "plain"} icon="clock">
        {text}
      </Chip>
    </span>
  );
}

function Proof({ request }: { request: Request }) {
  if (request.state !== "open") return null;
  return (
    <p class="request-proof">
      {request.proof ? (
        <Chip kind="proof" icon="seal">
          {tCode("request.proof", request.proof)}
        </Chip>
      ) : (
        t("request.unproved")
      )}{" "}
      {request.extension &&
        t("request.extended", { why: tCode("request.reason", request.extension) })}
    </p>
  );
}

type Step = "verify" | "execute" | "extend" | "hand_over";

function Next({ request, onChange }: CardProps) {
  const [open, setOpen] = useState<Step | undefined>();
  const action = useAction();
  const done = (next: Request) => {
    setOpen(undefined);
    onChange(next);
  };
  const toggle = (step: Step) => {
    action.clear();
    setOpen(open === step ? undefined : step);
  };
  const steps = request.next as Step[];
  if (steps.length === 0) return null;
  return (
    <div class="request-next">
      <div class="request-buttons">
        {steps.map((step) => (
          <Button
            key={step}
            kind={step === "execute" ? "primary" : "plain"}
            onClick={() => toggle(step)}
          >
            {t(`request.next.${step}`)}
            <span class="unseen">
              {" "}
              {kindOf(request.kind)} {request.label}
            </span>
          </Button>
        ))}
      </div>
      {open === "verify" && <Verify request={request} action={action} onDone={done} />}
      {open === "execute" && <Execute request={request} action={action} onDone={done} />}
      {open === "extend" && <Extend request={request} action={action} onDone={done} />}
      {open === "hand_over" && <HandOver request={request} action={action} />}
      <Trouble error={action.error} />
    </div>
  );
}

interface StepProps {
  request: Request;
  action: Action;
  onDone: (request: Request) => void;
}

const proofs: readonly RequestProof[] = ["document", "call_back", "loop"];

function Verify({ request, action, onDone }: StepProps) {
  const verify = (proof: RequestProof) =>
    void action.run(async () => onDone(await api.requests.verify(request.id, proof)));
  return (
    <fieldset class="request-ask">
      <legend>{t("request.howProved")}</legend>
      {proofs.map((proof) => (
        <Button key={proof} disabled={action.busy} onClick={() => verify(proof)}>
          {t(`request.prove.${proof}`)}
        </Button>
      ))}
    </fieldset>
  );
}

function Execute({ request, action, onDone }: StepProps) {
  const run = () => void action.run(async () => onDone(await api.requests.execute(request.id)));
  return (
    <fieldset class="request-ask">
      <legend>{t(`request.sure.${request.kind}`)}</legend>
      <Button kind={request.kind === "erase" ? "danger" : "plain"} busy={action.busy} onClick={run}>
        {t("request.doIt")}
      </Button>
    </fieldset>
  );
}

const reasons: readonly ExtensionReason[] = ["complex", "many"];

function Extend({ request, action, onDone }: StepProps) {
  const extend = (reason: ExtensionReason) =>
    void action.run(async () => onDone(await api.requests.extend(request.id, reason)));
  return (
    <fieldset class="request-ask">
      <legend>{t("request.whyLonger")}</legend>
      {reasons.map((reason) => (
        <Button key={reason} disabled={action.busy} onClick={() => extend(reason)}>
          {t(`request.reason.${reason}`)}
        </Button>
      ))}
    </fieldset>
  );
}

function HandOver({ request, action }: Omit<StepProps, "onDone">) {
  const [url, setUrl] = useState("");
  const make = () =>
    void action.run(async () => setUrl((await api.requests.handOver(request.id)).url));
  if (url === "") {
    return (
      <fieldset class="request-ask">
        <legend>{t("request.handOverWhy")}</legend>
        <Button busy={action.busy} onClick={make}>
          {t("request.makeLink")}
        </Button>
      </fieldset>
    );
  }
  return (
    <div class="request-link">
      <code dir="ltr">{url}</code>
      <CopyButton text={url} />
    </div>
  );
}
