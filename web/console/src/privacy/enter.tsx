import { api, type RequestBody, type RequestKind, type RequestProof } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useAction } from "../core/load";
import { fieldError, hasCode } from "../core/wording";
import { Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Field, Select } from "../kit/field";
import { kindOf, kinds, purposeOf } from "./words";

const ways = ["post", "mail", "telephone", "spoken"] as const;
const proofs = ["", "document", "call_back"] as const;
const NOON = "T12:00";

interface EnterProps {
  mayObject: readonly string[];
  onClose: () => void;
  onEntered: () => void;
}

/** A request that came by post, by mail with another subject, by telephone or in person: it gets the clock of the day it came in. */
export function EnterDialog({ mayObject, onClose, onEntered }: EnterProps) {
  const [kind, setKind] = useState<RequestKind>("access");
  const [way, setWay] = useState<(typeof ways)[number]>("post");
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [purpose, setPurpose] = useState(mayObject[0] ?? "");
  const [day, setDay] = useState("");
  const [proof, setProof] = useState<"" | RequestProof>("");
  const action = useAction();
  const submit = (event: Event) => {
    event.preventDefault();
    const body: RequestBody = { kind, way, email };
    if (kind === "correct" && name !== "") body.right_name = name;
    if (kind === "correct" && address !== "") body.right_email = address;
    if (kind === "object") body.purpose = purpose;
    if (day !== "") body.received_at = receivedAt(day);
    if (proof !== "") body.proof = proof;
    void action.run(async () => {
      await api.requests.enter(body);
      onEntered();
    });
  };
  const wrong = (field: string) => fieldError(action.error, field);
  return (
    <Dialog title={t("request.enter")} onClose={onClose}>
      <form class="save-form" onSubmit={submit}>
        <Select
          label={t("request.kind")}
          value={kind}
          options={kinds.map((value) => ({ value, text: kindOf(value) }))}
          onChange={setKind}
        />
        <Select
          label={t("request.way")}
          value={way}
          options={ways.map((value) => ({ value, text: t(`request.way.${value}`) }))}
          onChange={setWay}
        />
        <Field
          label={t("request.email")}
          hint={t("request.emailHint")}
          type="email"
          required
          maxLength={254}
          value={email}
          error={wrong("email")}
          onInput={setEmail}
        />
        {kind === "correct" && (
          <>
            <Field
              label={t("request.rightName")}
              maxLength={120}
              value={name}
              error={wrong("right_name")}
              onInput={setName}
            />
            <Field
              label={t("request.rightEmail")}
              type="email"
              maxLength={254}
              value={address}
              error={wrong("right_email")}
              onInput={setAddress}
            />
          </>
        )}
        {kind === "object" && (
          <Select
            label={t("request.purpose")}
            value={purpose}
            options={mayObject.map((value) => ({ value, text: purposeOf(value) }))}
            onChange={setPurpose}
          />
        )}
        <Field
          label={t("request.day")}
          hint={t("request.dayHint")}
          type="date"
          value={day}
          error={wrong("received_at")}
          onInput={setDay}
        />
        <Select
          label={t("request.howProved")}
          value={proof}
          options={proofs.map((value) => ({
            value,
            text: value === "" ? t("request.notYet") : t(`request.prove.${value}`),
          }))}
          onChange={setProof}
        />
        {hasCode(action.error, "not_found") ? (
          <Trouble error={action.error} text={t("request.nobody")} />
        ) : (
          <Trouble error={action.error} />
        )}
        <div class="save-bar">
          <Button kind="primary" type="submit" busy={action.busy}>
            {t("request.enterIt")}
          </Button>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Noon of the day, but not later than now: a request comes in before it is entered. */
function receivedAt(day: string): number {
  const noon = new Date(`${day}${NOON}`).getTime();
  return Math.min(noon, Date.now()) * 1000;
}
