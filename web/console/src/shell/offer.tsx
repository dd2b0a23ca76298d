import { useState } from "preact/hooks";
import { t } from "../core/i18n";
import { prefs, setPref } from "../core/prefs";
import { createStore, useStore } from "../core/store";
import { unreadTotal } from "../inbox/state";
import { Button } from "../kit/button";
import { askForDesktop, desktopState } from "../notify/notify";

const declined = createStore(false);

/** Offers notices of the desktop once there is something to notice, and asks the browser only on a yes. */
export function NoticeOffer() {
  const hasNews = useStore(unreadTotal, (count) => count > 0);
  const isOn = useStore(prefs, (now) => now.desktop);
  const isDeclined = useStore(declined, (now) => now);
  const [state, setState] = useState(desktopState());
  if (!hasNews || isOn || isDeclined || state !== "default") return null;
  const accept = async () => {
    const answer = await askForDesktop();
    setState(answer);
    setPref("desktop", answer === "granted");
  };
  return (
    <div class="offer">
      <p>{t("offer.desktop")}</p>
      <Button onClick={() => void accept()}>{t("offer.yes")}</Button>
      <Button onClick={() => declined.set(true)}>{t("offer.no")}</Button>
    </div>
  );
}
