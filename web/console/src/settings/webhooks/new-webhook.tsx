import { api, type WebhookMade } from "@chatham/client";
import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { useAction } from "../../core/load";
import { fieldError } from "../../core/wording";
import { Field } from "../../kit/field";
import { Card, SaveForm } from "../parts";
import { Events } from "./events";
import { Refused } from "./refused";

const URL_MAX = 2048;

interface NewWebhookProps {
  events: string[];
  onMade: (made: WebhookMade) => void;
}

export function NewWebhook({ events, onMade }: NewWebhookProps) {
  const [url, setUrl] = useState("");
  const [chosen, setChosen] = useState<string[]>(events);
  const action = useAction();
  const save = async () => {
    onMade(await api.webhooks.create({ url, events: chosen }));
    setUrl("");
  };
  return (
    <Card title={t("webhooks.new")}>
      <SaveForm
        action={action}
        save={save}
        label={t("webhooks.create")}
        disabled={chosen.length === 0}
      >
        <Field
          label={t("webhooks.url")}
          hint={t("webhooks.urlHint")}
          required
          maxLength={URL_MAX}
          value={url}
          error={fieldError(action.error, "url")}
          onInput={setUrl}
        />
        <Events all={events} chosen={chosen} onChange={setChosen} />
        <Refused error={action.error} />
      </SaveForm>
    </Card>
  );
}
