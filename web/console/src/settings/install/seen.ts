// Which pages have reported in since this console was opened.
import { createStore } from "../../core/store";

export interface Seen {
  origin: string;
  at: number;
}

export const seenSites = createStore<ReadonlyMap<string, Seen>>(new Map());

export function putSeen(siteId: string, origin: string, at: number): void {
  seenSites.update((now) => new Map(now).set(siteId, { origin, at }));
}
