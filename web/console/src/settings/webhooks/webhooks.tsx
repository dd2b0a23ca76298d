import { type Webhooks as All, api, type WebhookMade } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useLoad } from "../../core/load";
import { Copyable, Empty, Trouble } from "../../kit/bits";
import { Button } from "../../kit/button";
import { Table } from "../../kit/table";
import { Card, PageHead } from "../parts";
import { WebhookCard } from "./card";
import { NewWebhook } from "./new-webhook";

export function Webhooks() {
  const { value, error, reload } = useLoad("webhooks", api.webhooks.list);
  const [made, setMade] = useState<WebhookMade | undefined>();
  const show = (fresh: WebhookMade) => {
    setMade(fresh);
    reload();
  };
  return (
    <>
      <PageHead title={t("settings.webhooks")} lead={t("webhooks.lead")} />
      <Trouble error={error} onRetry={reload} />
      {made && <Secret made={made} onNoted={() => setMade(undefined)} />}
      {value && <Recipients all={value} />}
      {value?.webhooks.map((webhook) => (
        <WebhookCard
          key={webhook.id}
          webhook={webhook}
          events={value.events}
          onChanged={reload}
          onSecret={show}
        />
      ))}
      {value && <NewWebhook events={value.events} onMade={show} />}
    </>
  );
}

function Secret({ made, onNoted }: { made: WebhookMade; onNoted: () => void }) {
  return (
    <Card title={t("webhooks.secret")} lead={t("webhooks.secretLead")}>
      <p>
        <bdi>{made.webhook.url}</bdi>
      </p>
      <Copyable text={made.secret} label={t("webhooks.secret")} />
      <div class="save-bar">
        <Button kind="primary" onClick={onNoted}>
          {t("webhooks.secretNoted")}
        </Button>
      </div>
    </Card>
  );
}

function Recipients({ all }: { all: All }) {
  if (all.recipients.length === 0) {
    return (
      <Empty icon="send" title={t("webhooks.none")}>
        <p>{t("webhooks.noneText")}</p>
      </Empty>
    );
  }
  return (
    <Card title={t("webhooks.recipients")}>
      <Table
        label={t("webhooks.recipients")}
        head={[t("webhooks.recipient"), t("webhooks.hosts"), t("webhooks.gets")]}
        rows={all.recipients.map((one) => [
          one.name,
          one.hosts.join(", "),
          one.categories.join(", "),
        ])}
      />
    </Card>
  );
}
