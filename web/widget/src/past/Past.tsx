import { formatDate } from "@chatham/ui/time";
import { useEffect, useRef } from "preact/hooks";
import type { Widget } from "../widget";

/** The visitor's other conversations, newest first. */
export function Past({ w }: { w: Widget }) {
  const { t, state, locale } = w;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  const others = state.conversations.filter((it) => it.id !== state.current);
  return (
    <div class="screen" tabIndex={-1} ref={place}>
      {others.length === 0 && <p class="muted">{t("pastEmpty")}</p>}
      <ul class="past">
        {others.map((it) => (
          <li key={it.id}>
            <button type="button" onClick={() => void w.getRoom()?.talk.pick(it.id)}>
              <b>
                <bdi>{it.assignee?.name ?? state.config?.name}</bdi>
              </b>
              <span class="muted">
                {formatDate(it.last_message_at, locale)} ·{" "}
                {t(it.state === "resolved" ? "pastClosed" : "pastOpen")}
              </span>
              {it.unread > 0 && <span class="count">{t("unread", { n: it.unread })}</span>}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
