// The text of a next version, made from the one before: only its head changes.
import type { PolicyView } from "@chatham/client";

/** The file that the next version follows: the one that waits, else the one in force. */
function last(policy: PolicyView): { version: number; hash: string; text: string } {
  return policy.waiting ?? policy;
}

export function nextVersion(policy: PolicyView): number {
  return last(policy).version + 1;
}

/** The last version with the head of its successor; the rest is for the writer to change. */
export function startNext(policy: PolicyView): string {
  const { hash, text } = last(policy);
  const head = `version = ${nextVersion(policy)}\npredecessor = "${hash}"`;
  const lines = text.split("\n").filter((line) => !/^predecessor\s*=/.test(line));
  const at = lines.findIndex((line) => /^version\s*=/.test(line));
  if (at >= 0) lines[at] = head;
  return lines.join("\n");
}

/** The text with another date from which it rules. */
export function withDate(text: string, effective: string): string {
  return text.replace(/^effective\s*=\s*"[^"]*"/m, `effective = "${effective}"`);
}

/** Where a line and column (both from 1) stand in the text. */
export function offsetOf(text: string, line: number, column: number): number {
  const before = text.split("\n").slice(0, line - 1);
  const start = before.reduce((sum, one) => sum + one.length + 1, 0);
  return Math.min(text.length, start + column - 1);
}
