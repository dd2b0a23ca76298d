// Canned replies: found by what follows a slash, filled in with the names at hand.
import { api, type CannedReply, type Conversation } from "@chatham/client";
import { createStore } from "../core/store";
import { rank } from "../kit/fuzzy";
import { getMe } from "../session/state";

export const cannedReplies = createStore<readonly CannedReply[]>([]);

const FOUND_MAX = 8;

export async function loadCannedReplies(): Promise<void> {
  cannedReplies.set((await api.replies.list()).canned_replies);
}

export interface Slash {
  /** What was typed after the slash. */
  query: string;
  /** Where the slash stands, and where the words after it end. */
  from: number;
  to: number;
}

/** A slash at the start of a line or after a space, up to the caret. */
export function findSlash(text: string, caret: number): Slash | undefined {
  const found = /(^|\s)\/([^\s/]*)$/u.exec(text.slice(0, caret));
  if (!found) return undefined;
  const query = found[2] ?? "";
  return { query, from: caret - query.length - 1, to: caret };
}

export function findReplies(query: string): CannedReply[] {
  const all = cannedReplies.get();
  return rank(query, all, (one) => `${one.shortcut} ${one.title}`).slice(0, FOUND_MAX);
}

/** The values that a reply may name. */
export function valuesFor(conversation: Conversation): Record<string, string> {
  return {
    "visitor.name": conversation.visitor.name ?? "",
    "agent.name": getMe()?.name ?? "",
    "site.name": conversation.site_name,
  };
}

/** Puts names in place of `{{name|default}}`; a name that is not known gives its default, or nothing. */
export function expand(body: string, values: Record<string, string>): string {
  return body.replace(
    /\{\{\s*([\w.]+)\s*(?:\|([^}]*))?\}\}/g,
    (_, name: string, otherwise?: string) => values[name] || otherwise?.trim() || "",
  );
}
