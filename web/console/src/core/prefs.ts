// Preferences of this browser. Switches only: nothing about a person is ever written here.
import { createStore } from "./store";

export interface Prefs {
  sound: boolean;
  desktop: boolean;
  singleKeys: boolean;
  personPane: boolean;
  enterSends: boolean;
  theme: "auto" | "light" | "dark";
}

const NAME = "chatham.console";
const defaults: Prefs = {
  sound: true,
  desktop: false,
  singleKeys: true,
  personPane: true,
  enterSends: true,
  theme: "auto",
};

export const prefs = createStore<Prefs>(load());

function load(): Prefs {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? "{}");
    return { ...defaults, ...(typeof kept === "object" ? kept : {}) };
  } catch {
    return defaults;
  }
}

export function setPref<Name extends keyof Prefs>(name: Name, value: Prefs[Name]): void {
  prefs.update((now) => ({ ...now, [name]: value }));
  try {
    localStorage.setItem(NAME, JSON.stringify(prefs.get()));
  } catch {
    // A browser that keeps nothing still gets the switch for this visit.
  }
}

export function applyTheme(): void {
  const { theme } = prefs.get();
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
