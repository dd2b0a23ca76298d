// Unsent words, one set for each conversation. They live in memory only: what an agent writes about a
// person is that person's data, and this browser keeps none of it.
import { createStore } from "../core/store";
import type { DraftKind } from "./focus";

export interface Drafts {
  kind: DraftKind;
  message: string;
  note: string;
}

const none: Drafts = { kind: "message", message: "", note: "" };
export const drafts = createStore<ReadonlyMap<string, Drafts>>(new Map());

export function draftsOf(all: ReadonlyMap<string, Drafts>, id: string): Drafts {
  return all.get(id) ?? none;
}

export function changeDraft(id: string, change: Partial<Drafts>): void {
  drafts.update((all) => new Map(all).set(id, { ...draftsOf(all, id), ...change }));
}

export function forgetDrafts(ids: readonly string[]): void {
  drafts.update((all) => new Map([...all].filter(([id]) => !ids.includes(id))));
}

export function hasUnsentWords(): boolean {
  return [...drafts.get().values()].some((one) => one.message !== "" || one.note !== "");
}
