import { useEffect, useRef, useState } from "preact/hooks";
import { findCurrent, type Key } from "../core";
import type { Widget } from "../widget";
import { Icon } from "./icons";

const AVAILABILITY_KEYS: Readonly<Record<string, Key>> = {
  online: "availability.online",
  offline: "availability.offline",
};

/** Who answers and whether they are here; the menu and the close button. */
export function Header({ w, onClose }: { w: Widget; onClose: () => void }) {
  const { config, view } = w.state;
  const isTalk = view === "talk" || view === "end";
  const agent = findCurrent(w.state)?.assignee?.name;
  const name = agent || config?.name || "";
  const availability = config?.availability;
  return (
    <div class="head">
      {isTalk ? (
        <span class="avatar" aria-hidden="true">
          {[...name][0]}
        </span>
      ) : (
        <button type="button" class="icon" aria-label={w.t("back")} onClick={() => w.show("talk")}>
          <Icon name="back" />
        </button>
      )}
      <div class="who">
        <b>
          <bdi>{isTalk ? name : w.t(view === "held" ? "held" : "past")}</bdi>
        </b>
        {isTalk && availability && (
          <span class={`here ${availability}`}>
            {agent && <bdi>{config.name}</bdi>}
            {agent && " · "}
            {w.t(AVAILABILITY_KEYS[availability] ?? "availability.away")}
          </span>
        )}
      </div>
      <Menu w={w} />
      <button type="button" class="icon" aria-label={w.t("close")} onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function Menu({ w }: { w: Widget }) {
  const [isShown, setShown] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const { isMuted, current, conversations, config, visitor } = w.state;
  const isKnown = conversations.length > 0 || visitor !== null;
  const isOpenTalk = findCurrent(w.state)?.state !== "resolved" && current !== null;

  useEffect(() => {
    if (!isShown) return;
    place.current?.querySelector("button")?.focus();
    const leave = (event: Event): void => {
      if (!event.composedPath().includes(place.current?.parentElement as EventTarget)) {
        setShown(false);
      }
    };
    document.addEventListener("pointerdown", leave);
    return () => document.removeEventListener("pointerdown", leave);
  }, [isShown]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !isShown) return;
    event.stopPropagation();
    setShown(false);
    opener.current?.focus();
  }
  function item(key: Key, act: () => void) {
    const onClick = (): void => {
      setShown(false);
      opener.current?.focus();
      act();
    };
    return (
      <li>
        <button type="button" onClick={onClick}>
          {w.t(key)}
        </button>
      </li>
    );
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears Escape from its controls
    <div class="menu" onKeyDown={onKeyDown}>
      <button
        type="button"
        class="icon"
        aria-label={w.t("menu")}
        aria-expanded={isShown}
        ref={opener}
        onClick={() => setShown(!isShown)}
      >
        <Icon name="menu" />
      </button>
      {isShown && (
        <div class="items" ref={place}>
          <ul>
            {item(isMuted ? "unmute" : "mute", w.toggleMute)}
            {isOpenTalk && item("end", () => w.show("end"))}
            {current !== null && item("startNew", w.startNew)}
            {isKnown && item("past", () => w.show("past"))}
            {isKnown && item("held", () => w.show("held"))}
          </ul>
          {config && (
            <a href={config.policy_url} target="_blank" rel="noopener noreferrer">
              {w.t("policy")}
            </a>
          )}
        </div>
      )}
    </div>
  );
}
