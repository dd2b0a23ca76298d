import type { RequestPage } from "@chatham/client";
import { t } from "../core/i18n";
import { relative } from "../core/time";
import { Chip } from "../kit/bits";

/** How the mailbox of the contact address stands: what in it waits for a person, and whether it is read. */
export function MailboxLine({ mailbox }: { mailbox: RequestPage["mailbox"] }) {
  if (!mailbox) return null;
  const { waiting, failing, read_at } = mailbox;
  return (
    <p class="desk-mailbox">
      <Chip kind={failing || waiting > 0 ? "warn" : "plain"} icon="mail">
        {t(waiting === 0 ? "mailbox.none" : "mailbox.waiting", { n: waiting })}
      </Chip>
      <span>{sayRead(failing, read_at)}</span>
      {waiting > 0 && <span>{t("mailbox.todo")}</span>}
    </p>
  );
}

function sayRead(failing: boolean, readAt: number | null | undefined): string {
  if (failing) return t("mailbox.failing");
  return readAt ? t("mailbox.read", { time: relative(readAt) }) : t("mailbox.notYet");
}
