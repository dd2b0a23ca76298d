import type { Widget } from "../widget";

/** What the visitor is told before anything is stored. */
export function Notice({ w }: { w: Widget }) {
  const { config, isRemembered } = w.state;
  if (!config) return null;
  return (
    <p class="muted fine">
      {!isRemembered && !w.memory.get().token && `${w.t("nothing")} `}
      {config.retention_note && `${config.retention_note} `}
      <a href={config.policy_url} target="_blank" rel="noopener noreferrer">
        {w.t("policy")}
      </a>
    </p>
  );
}
