// Where the focus goes and what room there is. On a narrow screen the panel covers the page, keeps
// the focus and gives way to the keyboard on the screen.
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

declare global {
  /** Hears the system's gesture for closing; not yet in the compiler's list of browser types. */
  class CloseWatcher extends EventTarget {
    onclose: (() => void) | null;
    destroy(): void;
  }
}

const NARROW = "(max-width: 640px)";

/** Whether the panel covers the whole screen. */
export function isPhone(): boolean {
  return matchMedia(NARROW).matches;
}

/** Sends the focus from the last control to the first, and back. */
export function keepFocusInside(event: KeyboardEvent, box: HTMLElement | null): void {
  const all =
    box?.querySelectorAll<HTMLElement>("button, a, input, textarea, [tabindex='0']") ?? [];
  const shown = [...all].filter((it) => it.checkVisibility());
  const [from, to] = event.shiftKey ? [shown[0], shown.at(-1)] : [shown.at(-1), shown[0]];
  const root = box?.getRootNode();
  if (!(root instanceof ShadowRoot) || root.activeElement !== from) return;
  event.preventDefault();
  to?.focus();
}

/** Keeps the panel within the part of the screen that the keyboard leaves free. */
export function useKeyboardRoom(box: RefObject<HTMLElement | null>, isOpen: boolean): void {
  useEffect(() => {
    const view = window.visualViewport;
    if (!isOpen || !view) return;
    const fit = (): void => {
      box.current?.style.setProperty("--room", `${view.height}px`);
      box.current?.style.setProperty("--above", `${view.offsetTop}px`);
    };
    fit();
    view.addEventListener("resize", fit);
    view.addEventListener("scroll", fit);
    return () => {
      view.removeEventListener("resize", fit);
      view.removeEventListener("scroll", fit);
    };
  }, [isOpen, box]);
}

/** A control that goes away while it has the focus hands it to the composer, never to the page. */
export function useRescuedFocus(box: RefObject<HTMLElement | null>, isThere: boolean): void {
  useEffect(() => {
    const it = box.current;
    if (!it) return;
    let last: Element | null = null;
    const onFocus = (event: FocusEvent): void => {
      last = event.target as Element;
    };
    const observer = new MutationObserver(() => {
      if (!last || last.isConnected) return;
      last = null;
      const root = it.getRootNode();
      if (root instanceof ShadowRoot && root.activeElement) return;
      (it.querySelector("textarea") ?? it).focus();
    });
    it.addEventListener("focusin", onFocus);
    observer.observe(it, { childList: true, subtree: true });
    return () => {
      it.removeEventListener("focusin", onFocus);
      observer.disconnect();
    };
  }, [isThere, box]);
}

/** On a phone the Back button closes the panel, where the browser offers that without a new entry
 * in the page's history. */
export function useBackButton(isOpen: boolean, close: () => void): void {
  useEffect(() => {
    if (!isOpen || !isPhone() || !("CloseWatcher" in window)) return;
    const watcher = new CloseWatcher();
    watcher.onclose = close;
    return () => watcher.destroy();
  }, [isOpen]);
}
