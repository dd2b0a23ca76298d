import { api, type Webhook, type WebhookMade } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { type Action, useAction } from "../../core/load";
import { dateAndTime } from "../../core/time";
import { Chip, Trouble } from "../../kit/bits";
import { Button } from "../../kit/button";
import { Card, SaveForm } from "../parts";
import { Deliveries } from "./deliveries";
import { Events } from "./events";
import { Refused } from "./refused";

interface WebhookCardProps {
  webhook: Webhook;
  events: string[];
  onChanged: () => void;
  onSecret: (made: WebhookMade) => void;
}

export function WebhookCard({ webhook, events, onChanged, onSecret }: WebhookCardProps) {
  const [chosen, setChosen] = useState(webhook.events);
  const [logShown, setLogShown] = useState(false);
  const saving = useAction();
  const action = useAction();
  const save = async () => {
    await api.webhooks.update(webhook.id, { events: chosen });
    onChanged();
  };
  return (
    <Card title={webhook.url} lead={<State webhook={webhook} />}>
      <SaveForm action={saving} save={save} disabled={chosen.length === 0}>
        <Events all={events} chosen={chosen} onChange={setChosen} />
      </SaveForm>
      <Trouble error={action.error} />
      <Refused error={action.error} />
      <div class="webhook-tools">
        <Tools webhook={webhook} action={action} onChanged={onChanged} onSecret={onSecret} />
        <Button onClick={() => setLogShown(!logShown)}>
          {logShown ? t("webhooks.hideLog") : t("webhooks.log")}
        </Button>
      </div>
      {logShown && <Deliveries webhook={webhook.id} />}
    </Card>
  );
}

function State({ webhook }: { webhook: Webhook }) {
  const reason = webhook.pause_reason ?? "hand";
  const known = reason === "failing" || reason === "gone" ? reason : "hand";
  return (
    <span class="webhook-state">
      {webhook.state === "paused" ? (
        <Chip kind="warn" icon="warn">
          {t(`webhooks.paused.${known}`)}
        </Chip>
      ) : (
        <Chip kind="success" icon="check">
          {t("webhooks.active")}
        </Chip>
      )}
      {webhook.failing_since && (
        <Chip kind="warn">
          {t("webhooks.failing", { time: dateAndTime(webhook.failing_since) })}
        </Chip>
      )}
      {!webhook.recipient && <Chip kind="danger">{t("webhooks.undeclared")}</Chip>}
      {webhook.waiting > 0 && <Chip>{t("webhooks.waiting", { n: webhook.waiting })}</Chip>}
    </span>
  );
}

interface ToolsProps {
  webhook: Webhook;
  action: Action;
  onChanged: () => void;
  onSecret: (made: WebhookMade) => void;
}

function Tools({ webhook, action, onChanged, onSecret }: ToolsProps) {
  const [asking, setAsking] = useState(false);
  const paused = webhook.state === "paused";
  const turn = () =>
    void action.run(async () => {
      await api.webhooks.update(webhook.id, { paused: !paused });
      onChanged();
    });
  const renew = () => void action.run(async () => onSecret(await api.webhooks.renew(webhook.id)));
  const remove = () =>
    void action.run(async () => {
      await api.webhooks.remove(webhook.id);
      onChanged();
    });
  if (asking) {
    return (
      <>
        <Button kind="danger" busy={action.busy} onClick={remove}>
          {t("webhooks.removeSure")}
        </Button>
        <Button onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
      </>
    );
  }
  return (
    <>
      <Button busy={action.busy} onClick={turn}>
        {paused ? t("webhooks.resume") : t("webhooks.pause")}
      </Button>
      <Button onClick={renew}>{t("webhooks.renew")}</Button>
      <Button onClick={() => setAsking(true)}>{t("common.remove")}</Button>
    </>
  );
}
