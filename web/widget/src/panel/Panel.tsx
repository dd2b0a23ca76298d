import { useEffect, useRef, useState } from "preact/hooks";
import { Talk } from "../talk/Talk";
import type { Widget } from "../widget";
import { isPhone, keepFocusInside, useBackButton, useKeyboardRoom, useRescuedFocus } from "./focus";
import { Header } from "./Header";
import { Later } from "./Later";

const loadHeld = () => import("../held/Held").then((it) => it.Held);
const loadPast = () => import("../past/Past").then((it) => it.Past);

/** The whole panel. It stays in place while closed, so that a half-written message stays too. */
export function Panel({ w }: { w: Widget }) {
  const { isOpen, view, config, notice } = w.state;
  const [wasOpen, setWasOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen) setWasOpen(true);
  }, [isOpen]);
  useKeyboardRoom(box, isOpen);
  useRescuedFocus(box, wasOpen);
  useBackButton(isOpen, close);

  function close(): void {
    w.close();
    w.bridge.launcher.focus();
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      if (view === "talk") close();
      else w.show("talk");
    }
    if (event.key === "Tab" && isPhone()) keepFocusInside(event, box.current);
  }

  if (!isOpen && !wasOpen) return null;
  return (
    <div
      id="panel"
      class="panel"
      role="dialog"
      aria-label={w.t("panel", { site: config?.name ?? "" }).trim()}
      aria-modal={isPhone()}
      hidden={!isOpen}
      tabIndex={-1}
      ref={box}
      onKeyDown={onKeyDown}
    >
      <Header w={w} onClose={close} />
      {view === "held" && <Later load={loadHeld} w={w} />}
      {view === "past" && <Later load={loadPast} w={w} />}
      <Talk w={w} />
      <p class="notice" role="status">
        {notice}
      </p>
    </div>
  );
}
