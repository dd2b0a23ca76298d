import { t } from "../core/i18n";
import { live } from "../core/live";
import { useStore } from "../core/store";
import { Keys } from "../kit/button";
import { Icon } from "../kit/icon";
import type { DraftKind } from "./focus";

interface FootProps {
  kind: DraftKind;
  length: number;
  max: number;
  canSend: boolean;
}

const COUNT_FROM = 0.9;

export function ComposerFoot({ kind, length, max, canSend }: FootProps) {
  const state = useStore(live, (now) => now);
  const isNear = length > max * COUNT_FROM;
  return (
    <div class="composer-foot">
      <span class="composer-hint">
        <Keys keys="/" /> {t("composer.slashHint")}
      </span>
      {isNear && (
        <span class={length > max ? "composer-over" : "composer-count"} role="status">
          {t("composer.count", { n: length, max })}
        </span>
      )}
      {state !== "open" && <span class="composer-offline">{t("composer.offline")}</span>}
      <button
        type="submit"
        class="button button-primary composer-send"
        disabled={!canSend}
        aria-keyshortcuts="Control+Enter"
      >
        <Icon name={kind === "note" ? "note" : "send"} size={16} />
        <span>{kind === "note" ? t("composer.addNote") : t("composer.send")}</span>
      </button>
    </div>
  );
}
