import { api, type Conversation } from "@chatham/client";
import { t } from "../core/i18n";
import { useAction } from "../core/load";
import { createStore, useStore } from "../core/store";
import { Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";

const asked = createStore<Conversation | null>(null);

/** Asks once whether this is a minor, from the menu, the palette or a key. */
export function askMinor(conversation: Conversation): void {
  asked.set(conversation);
}

/** What happens then, in two sentences; the screen leaves the conversation when the server says that it did. */
export function MinorDialog() {
  const conversation = useStore(asked, (now) => now);
  const action = useAction();
  if (!conversation) return null;
  const close = () => {
    action.clear();
    asked.set(null);
  };
  const freeze = () =>
    void action.run(async () => {
      await api.people.markChild(conversation.person_id);
      close();
    });
  return (
    <Dialog title={t("minor.title")} onClose={close}>
      <p>{t("minor.what")}</p>
      <p>{t("minor.then")}</p>
      <Trouble error={action.error} />
      <div class="dialog-foot">
        <Button onClick={close}>{t("minor.keep")}</Button>
        <Button kind="danger" busy={action.busy} onClick={freeze}>
          {t("minor.do")}
        </Button>
      </div>
    </Dialog>
  );
}
