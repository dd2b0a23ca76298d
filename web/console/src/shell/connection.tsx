import { useEffect, useState } from "preact/hooks";
import { t } from "../core/i18n";
import { live } from "../core/live";
import { useStore } from "../core/store";
import { Icon } from "../kit/icon";

const PATIENCE_MS = 1500;

/** Says when the stream is cut, after a moment: a blink of the network is not worth a word. */
export function ConnectionBar() {
  const state = useStore(live, (now) => now);
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (state === "open") return undefined;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <div role="status">
      {isLate && state !== "open" && (
        <p class="connection">
          <Icon name="warn" size={15} />
          {t("connection.lost")}
        </p>
      )}
    </div>
  );
}
