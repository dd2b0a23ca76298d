import type { Availability } from "@chatham/client";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { Segments } from "../../kit/bits";
import { Icon } from "../../kit/icon";
import type { Readable } from "./contrast";
import type { LookDraft } from "./look";

type Shown = Availability | "offline";
const shownStates: readonly Shown[] = ["online", "away", "offline"];

interface PreviewProps {
  draft: LookDraft;
  readable: Readable;
  name: string;
}

/** How the widget will look and what it will say, before anything is saved. */
export function Preview({ draft, readable, name }: PreviewProps) {
  const [state, setState] = useState<Shown>("online");
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // The only colours that no style sheet can know: set as properties, never as an attribute.
    place.current?.style.setProperty("--accent", readable.accent);
    place.current?.style.setProperty("--accent-text", readable.accent_text);
  }, [readable.accent, readable.accent_text]);
  const { theme, position, launcher } = draft.look;
  return (
    <div class="preview-frame">
      <Segments
        label={t("look.previewState")}
        value={state}
        options={shownStates.map((value) => ({ value, text: t(`availability.${value}`) }))}
        onChange={setState}
      />
      <div
        ref={place}
        class={`preview preview-${position}`}
        data-look={theme}
        role="img"
        aria-label={t("look.preview")}
      >
        <div class="preview-panel">
          <div class="preview-head">
            <span class="preview-avatar">{[...name][0]}</span>
            <p>
              <strong>{name}</strong>
              <span>{t(`look.here.${state}`)}</span>
            </p>
          </div>
          <div class="preview-body">
            <p class="preview-greeting" dir="auto">
              {draft.greetings[state]}
            </p>
            <p class="preview-mine">{t("look.sample")}</p>
          </div>
          <div class="preview-composer">
            {state === "offline" && draft.offline_form
              ? t("look.sampleForm")
              : t("look.sampleWrite")}
          </div>
        </div>
        <div class="preview-launcher">
          <Icon name="replies" size={22} />
          {launcher && <span>{launcher}</span>}
        </div>
      </div>
    </div>
  );
}
