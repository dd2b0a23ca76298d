import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../core/i18n";
import { Mark } from "../kit/icon";

/** The quiet page of one card that everybody sees before they are signed in. */
export function Frame(props: { title: string; lead?: string; children: ComponentChildren }) {
  useEffect(() => {
    document.title = `${props.title} · ${t("app.name")}`;
  }, [props.title]);
  return (
    <main class="frame">
      <div class="frame-brand">
        <Mark size={32} />
        <span>{t("app.name")}</span>
      </div>
      <section class="frame-card">
        <h1>{props.title}</h1>
        {props.lead && <p class="lead">{props.lead}</p>}
        {props.children}
      </section>
      <p class="frame-foot">
        <a href="/privacy">{t("frame.policy")}</a>
      </p>
    </main>
  );
}
