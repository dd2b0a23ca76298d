import { api, type Delivery } from "@chatham/client";
import { t } from "../../core/i18n";
import { useAction, useLoad } from "../../core/load";
import { dateAndTime } from "../../core/time";
import { Chip, Trouble } from "../../kit/bits";
import { Button } from "../../kit/button";
import { Scroll } from "../../kit/scroll";

const kinds = {
  waiting: "warn",
  delivered: "success",
  failed: "danger",
  dropped: "plain",
} as const;

/** The newest deliveries of a webhook, and sending one again. */
export function Deliveries({ webhook }: { webhook: string }) {
  const { value, error, reload } = useLoad(webhook, () => api.webhooks.deliveries(webhook));
  const action = useAction();
  const replay = (delivery: Delivery) =>
    void action.run(async () => {
      await api.webhooks.replay(webhook, delivery.event_id);
      reload();
    });
  if (value?.deliveries.length === 0) return <p class="muted">{t("webhooks.noDeliveries")}</p>;
  return (
    <>
      <Trouble error={error ?? action.error} onRetry={reload} />
      <Scroll class="table-frame" label={t("webhooks.log")}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t("webhooks.event")}</th>
              <th scope="col">{t("webhooks.when")}</th>
              <th scope="col">{t("webhooks.state")}</th>
              <th scope="col">{t("webhooks.answer")}</th>
              <th scope="col">
                <span class="unseen">{t("webhooks.again")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {value?.deliveries.map((delivery) => (
              <Line key={delivery.event_id} delivery={delivery} onReplay={() => replay(delivery)} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function Line({ delivery, onReplay }: { delivery: Delivery; onReplay: () => void }) {
  const state = stateOf(delivery.state);
  const answer = delivery.detail ?? (delivery.status ? String(delivery.status) : "");
  return (
    <tr>
      <td data-name={t("webhooks.event")}>{delivery.event}</td>
      <td data-name={t("webhooks.when")}>{dateAndTime(delivery.created_at)}</td>
      <td data-name={t("webhooks.state")}>
        <Chip kind={kinds[state]}>{t(`webhooks.state.${state}`)}</Chip>
      </td>
      <td data-name={t("webhooks.answer")}>
        {answer} <span class="muted">{t("webhooks.attempts", { n: delivery.attempts })}</span>
      </td>
      <td>
        {state !== "waiting" && (
          <Button onClick={onReplay}>
            {t("webhooks.again")}
            <span class="unseen"> {delivery.event}</span>
          </Button>
        )}
      </td>
    </tr>
  );
}

function stateOf(word: string): keyof typeof kinds {
  return word === "delivered" || word === "failed" || word === "dropped" ? word : "waiting";
}
