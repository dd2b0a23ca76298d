import type { Receipt } from "@chatham/client";
import { t } from "../core/i18n";
import { createStore, useStore } from "../core/store";
import { Button } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Icon } from "../kit/icon";
import { Scroll } from "../kit/scroll";

const shown = createStore<Receipt | undefined>(undefined);

export function putReceipt(receipt: Receipt): void {
  shown.set(receipt);
}

/** The proof of an erasure. It can be checked without us, so it can be taken away. */
export function ReceiptDialog() {
  const receipt = useStore(shown, (now) => now);
  if (!receipt) return null;
  const text = JSON.stringify(receipt, null, 2);
  const save = () => {
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = "chatham-receipt.json";
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <Dialog title={t("receipt.title")} kind="proof" onClose={() => shown.set(undefined)}>
      <p class="receipt-line">
        <Icon name="seal" size={20} />
        <span>{t("receipt.text")}</span>
      </p>
      <Scroll class="scroll" label={t("receipt.json")}>
        <pre dir="ltr">{text}</pre>
      </Scroll>
      <p class="muted">
        {t("receipt.verify")} <code dir="ltr">chatham verify chatham-receipt.json</code>
      </p>
      <div class="dialog-foot">
        <Button kind="proof" icon="download" onClick={save}>
          {t("receipt.save")}
        </Button>
        <Button onClick={() => shown.set(undefined)}>{t("common.close")}</Button>
      </div>
    </Dialog>
  );
}
