import { api, type SessionRow } from "@chatham/client";
import { t } from "../../core/i18n";
import { useAction, useLoad } from "../../core/load";
import { dateAndTime } from "../../core/time";
import { Chip, Trouble } from "../../kit/bits";
import { Button } from "../../kit/button";
import { endSession } from "../../session/state";
import { Card } from "../parts";

/** Where this account is signed in; each can be ended from here, at once. */
export function Sessions() {
  const loaded = useLoad("sessions", api.session.list);
  const action = useAction();
  const rows = loaded.value?.sessions ?? [];
  const end = (work: () => Promise<void>) =>
    void action.run(async () => {
      await work();
      loaded.reload();
    });
  const endOne = (row: SessionRow) =>
    end(async () => {
      await api.session.end(row.id);
      if (row.current) endSession();
    });
  return (
    <Card title={t("account.sessions")} lead={t("account.sessionsLead")}>
      <Trouble error={loaded.error ?? action.error} onRetry={loaded.reload} />
      <ul class="sessions">
        {rows.map((row) => (
          <li key={row.id}>
            <div>
              <strong>{t("account.since", { time: dateAndTime(row.created_at) })}</strong>
              <span class="muted">
                {t("account.lastSeen", { time: dateAndTime(row.last_seen_at) })}
              </span>
            </div>
            {row.current ? (
              <Chip kind="success">{t("account.thisOne")}</Chip>
            ) : (
              <Button disabled={action.busy} onClick={() => endOne(row)}>
                {t("account.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {rows.length > 1 && (
        <div class="save-bar">
          <Button kind="danger" busy={action.busy} onClick={() => end(api.session.endOthers)}>
            {t("account.endOthers")}
          </Button>
        </div>
      )}
    </Card>
  );
}
