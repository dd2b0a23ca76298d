// The one tag of a page: draws the launcher and, until the visitor acts, does nothing else. It
// stores nothing, and asks nobody but the tabs of this page's own origin.
import type { Bridge, LoaderConfig, Panel, Saved, WidgetEvent } from "@chatham/ui/bridge";
import { pickLocale } from "@chatham/ui/i18n";
import css from "./launcher.css?inline";

type Handler = (event: Event) => void;
type Command = "open" | "close" | "toggle" | "destroy";
/** A call made before the loader came: the name of a function and its arguments. */
type Call = readonly [Command | "on" | "off", ...unknown[]];
interface Api extends Record<Command, () => void> {
  on: (event: WidgetEvent, handler: Handler) => void;
  off: (event: WidgetEvent, handler: Handler) => void;
  push: (...calls: Call[]) => void;
}

declare global {
  interface Window {
    Chatham?: Api | Call[] | undefined;
  }
}

// The server replaces this name by one JSON object.
declare const __CHATHAM_CONFIG__: LoaderConfig;

const OPEN_WORDS = {
  en: "Open the chat",
  es: "Abrir el chat",
  ar: "افتح المحادثة",
};
/** Drawn in pixels: the icon has no view box of its own. */
const BUBBLE = "M4 4h16v12H9l-5 4z";
const SVG = "http://www.w3.org/2000/svg";

function begin(config: LoaderConfig, early: Call[]): void {
  const { look, base, site } = config;
  const key = `chatham:${site}`;
  const locale = pickLocale(
    ["en", "es", "ar"],
    [config.locale, document.documentElement.lang, ...navigator.languages],
  );
  const bus = new EventTarget();
  let panel: Promise<Panel> | undefined;

  const host = document.createElement("chatham-chat");
  const root = host.attachShadow({ mode: "open" });
  const launcher = document.createElement("button");
  const badge = document.createElement("i");
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");

  function read(getStorage: () => Storage): Saved {
    try {
      return JSON.parse(getStorage().getItem(key) || "{}") as Saved;
    } catch {
      return {};
    }
  }
  const session = read(() => sessionStorage);
  let token = session.token ?? read(() => localStorage).token;

  function emit(event: WidgetEvent, detail?: unknown): void {
    bus.dispatchEvent(new CustomEvent(event, { detail }));
  }

  function load(then: (it: Panel) => void): void {
    if (!panel) {
      launcher.ariaBusy = "true";
      const bridge = { config, locale, root, launcher, badge, key, channel, token, emit };
      panel = import(/* @vite-ignore */ base + config.widget)
        .then((it: { start: (bridge: Bridge) => Promise<Panel> }) => it.start(bridge))
        .finally(() => {
          launcher.ariaBusy = null;
        });
    }
    panel.then(then, () => {
      // The page that needs no script is the way that is left.
      panel = undefined;
      if (!token) open(`${base}/chat/${site}`, "_blank", "noopener");
    });
  }
  function call(command: Exclude<Command, "destroy">): void {
    if (command !== "close" || panel) load((it) => it[command]());
  }

  const api: Api = {
    open: () => call("open"),
    close: () => call("close"),
    toggle: () => call("toggle"),
    on: (event, handler) => bus.addEventListener(event, handler),
    off: (event, handler) => bus.removeEventListener(event, handler),
    destroy() {
      panel?.then((it) => it.destroy());
      channel.close();
      host.remove();
      emit("destroy");
      window.Chatham = undefined;
    },
    push(...calls) {
      for (const [name, ...rest] of calls) {
        (api[name] as (...rest: unknown[]) => void)(...rest);
      }
    },
  };

  const channel = new BroadcastChannel(key);
  channel.onmessage = ({ data }: MessageEvent<Saved>) => {
    if (!data.token || token) return;
    token = data.token;
    load(() => undefined);
  };
  if (!token) channel.postMessage({ ask: true });

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    `:host{--z:var(--chatham-z-index,2147483000);--accent:${look.accent};--accent-text:${look.accent_text}}${css}`,
  );
  root.adoptedStyleSheets = [sheet];
  host.role = "region";
  host.ariaLabel = "Chat";
  host.lang = locale;
  host.dir = locale === "ar" ? "rtl" : "ltr";
  host.dataset.side = look.position;
  path.setAttribute("d", BUBBLE);
  svg.append(path);
  launcher.ariaExpanded = "false";
  launcher.setAttribute("aria-controls", "panel");
  launcher.onclick = api.toggle;
  launcher.append(svg, look.launcher, badge);
  if (!look.launcher) launcher.ariaLabel = OPEN_WORDS[locale];
  root.append(launcher);
  document.body.append(host);

  window.Chatham = api;
  if (token) {
    load((it) => session.open && innerWidth > 640 && it.restore());
  }
  api.push(...early);
}

const before = window.Chatham;
// A second tag on the page, or a page that kept the widget over a soft navigation: one is enough.
if (!before || Array.isArray(before)) {
  const config: LoaderConfig = __CHATHAM_CONFIG__;
  // Where the page got this script, a proxy of its own perhaps, it gets the rest as well.
  const self = document.currentScript as HTMLScriptElement | null;
  if (self) config.base = new URL(self.src).origin;
  const go = (): void => begin(config, before ?? []);
  if (document.body) go();
  else addEventListener("DOMContentLoaded", go);
}
