// News about a person, from the stream.
import { createStore } from "../core/store";

export const personChanged = createStore({ personId: "", count: 0 });

export function putPersonNews(personId: string): void {
  personChanged.update((now) => ({ personId, count: now.count + 1 }));
}
