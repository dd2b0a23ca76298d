// Where the console is: the path under /console, its query, and how to go elsewhere.
import { createStore, useStore } from "./store";

const BASE = "/console";

export interface Route {
  /** Path segments after /console. */
  path: string[];
  query: URLSearchParams;
}

const current = createStore<Route>(readRoute());

function readRoute(): Route {
  const rest = location.pathname.startsWith(BASE) ? location.pathname.slice(BASE.length) : "";
  return {
    path: rest.split("/").filter((segment) => segment !== ""),
    query: new URLSearchParams(location.search),
  };
}

addEventListener("popstate", () => current.set(readRoute()));

export function useRoute(): Route {
  return useStore(current, (route) => route);
}

export function getRoute(): Route {
  return current.get();
}

/** The full address of a path of the console, for links. */
export function href(path: string): string {
  return `${BASE}/${path}`;
}

export function go(path: string, how: "push" | "replace" = "push"): void {
  const target = href(path);
  if (how === "replace") history.replaceState(null, "", target);
  else if (target !== location.pathname + location.search) history.pushState(null, "", target);
  current.set(readRoute());
}

/** Takes the one-time token out of the address, so that it stays in no history. */
export function takeToken(): string {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  if (token !== "") history.replaceState(null, "", location.pathname + location.search);
  return token;
}
