// Entry of the panel: fetched by the loader at the visitor's first act, or at once where a
// conversation is already under way in this browser.
import type { Bridge, Panel as PanelApi } from "@chatham/ui/bridge";
import tokens from "@chatham/ui/tokens.css?inline";
import { render } from "preact";
import type en from "./i18n/en.json";
import { Panel } from "./panel/Panel";
import css from "./panel/panel.css?inline";
import { adopt } from "./style";
import { createWidget, type Widget } from "./widget";

type Words = typeof en;

const CATALOGUES: Record<string, () => Promise<{ default: Words }>> = {
  en: () => import("./i18n/en.json"),
  es: () => import("./i18n/es.json"),
  ar: () => import("./i18n/ar.json"),
};
/** The launcher's picture while the panel is open. */
const CHEVRON = "M5 9l7 7 7-7";

/** Draws the closed panel into the loader's root. */
export async function start(bridge: Bridge): Promise<PanelApi> {
  const { root, launcher, badge, config, locale } = bridge;
  const load = CATALOGUES[locale] ?? CATALOGUES.en;
  const words = (await load?.())?.default;
  if (!words) throw new Error("no catalogue");
  const path = launcher.querySelector("path");
  const bubble = path?.getAttribute("d") ?? "";

  adopt(root, tokens + css);
  const { theme } = config.look;
  if (theme !== "auto" && root.host instanceof HTMLElement) root.host.dataset.theme = theme;
  const place = document.createElement("div");
  root.append(place);

  let unreadTold = 0;
  const widget: Widget = createWidget(bridge, words, () => {
    const { isOpen, conversations } = widget.state;
    const unread = conversations.reduce((sum, it) => sum + it.unread, 0);
    launcher.ariaExpanded = String(isOpen);
    path?.setAttribute("d", isOpen ? CHEVRON : bubble);
    badge.textContent = unread > 0 ? String(unread) : "";
    badge.title = unread > 0 ? widget.t("unread", { n: unread }) : "";
    widget.attention.setCount(unread);
    if (unread !== unreadTold) bridge.emit("unread", { count: unread });
    unreadTold = unread;
    render(<Panel w={widget} />, place);
  });

  function close(): void {
    widget.close();
    launcher.focus();
  }
  function open(): void {
    widget.attention.arm();
    widget.open();
  }
  bridge.emit("ready");
  return {
    open,
    close,
    toggle: () => (widget.state.isOpen ? close() : open()),
    restore: widget.restore,
    destroy() {
      widget.destroy();
      render(null, place);
    },
  };
}
