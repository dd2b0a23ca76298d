import { useRef, useState } from "preact/hooks";
import { findCurrent, greetingOf } from "../core";
import { Later } from "../panel/Later";
import type { Widget } from "../widget";
import { Composer } from "./Composer";
import { OfflineForm } from "./OfflineForm";

const loadAge = () => import("../age/AgeGate").then((it) => it.AgeGate);

/** Asked when the first message is sent, or before there is any field where the policy says so. */
function isAgeDue({ state, memory }: Widget): boolean {
  const { age, config, current, isAgeAsked } = state;
  const isFirst = config?.age_gate === "before_field" && current === null && !memory.get().token;
  return age === null && (isAgeAsked || isFirst);
}

/** A conversation from the greeting to its end. Hidden, not gone, behind the other screens. */
export function Talk({ w }: { w: Widget }) {
  const { state, t } = w;
  const { config, configProblem, current, pending, view } = state;
  const [draft, setDraft] = useState("");
  const isShown = view === "talk" || view === "end";
  const isNew = current === null && pending.length === 0;
  const isClosed = findCurrent(state)?.state === "resolved";
  const isOffline =
    config?.availability === "offline" && config.offline_form && !w.memory.get().hasEmail;
  const room = w.getRoom();
  // Nothing that was begun is taken away: whether it is a form changes only while nothing is written.
  const isBegun = useRef(false);
  const isForm = useRef(false);
  if (!isNew) isBegun.current = false;
  if (!isBegun.current) isForm.current = isNew && isOffline;

  if (!config) {
    return (
      <div class="screen" hidden={!isShown}>
        {configProblem ? (
          <>
            <p role="alert">{t("error.unavailable")}</p>
            <button type="button" onClick={() => void w.loadConfig()}>
              {t("tryAgain")}
            </button>
          </>
        ) : (
          <p class="muted">{t("loading")}</p>
        )}
      </div>
    );
  }
  return (
    <div
      class="talk"
      hidden={!isShown}
      onInput={() => {
        isBegun.current = true;
      }}
    >
      {room ? (
        <room.Log w={w} />
      ) : (
        <div class="log">
          <div class="scroll">
            <p class="greeting" dir="auto">
              {greetingOf(config)}
            </p>
          </div>
        </div>
      )}
      {room && <room.Cards w={w} setDraft={setDraft} />}
      {config.preview && !isClosed && <p class="bar">{t("preview")}</p>}
      {isAgeDue(w) ? (
        <Later load={loadAge} w={w} />
      ) : isClosed ? (
        <div class="foot">
          <button type="button" class="main" onClick={w.startNew}>
            {t("startNew")}
          </button>
        </div>
      ) : isForm.current ? (
        <OfflineForm w={w} />
      ) : (
        <Composer w={w} draft={draft} setDraft={setDraft} isNew={isNew} />
      )}
    </div>
  );
}
