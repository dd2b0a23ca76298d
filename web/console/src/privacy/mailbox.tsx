import type { RequestPage } from "@chatham/client";
import { t } from "../core/i18n";
import { relative } from "../core/time";
import { Chip } from "../kit/bits";

/** How the mailbox of the contact address stands: what in it waits for a person, and whether it is read. */
export function MailboxLine({ mailbox }: { mailbox: RequestPage["mailbox"] }) {
  if (!mailbox) return null;
  const { waiting, failing, read_at: readAt } = mailbox;
  return (
    <p class="desk-state">
      {readAt && (
        <Chip kind={waiting > 0 ? "warn" : "plain"} icon="unread">
          {waiting > 0 ? t("mailbox.waiting", { n: waiting }) : t("mailbox.none")}
        </Chip>
      )}
      {failing && (
        <Chip kind="danger" icon="warn">
          {t("mailbox.failing")}
        </Chip>
      )}
      <span>{readAt ? t("mailbox.read", { time: relative(readAt) }) : t("mailbox.notYet")}</span>
      {waiting > 0 && <span>{t("mailbox.todo")}</span>}
    </p>
  );
}
