// Reads what people write: links, lengths, addresses.

/** Most characters of one message, in Unicode scalar values. */
export const BODY_CHARS_MAX = 10_000;
/** From here on the composer says how many are left. */
export const BODY_CHARS_WARN = 9_500;

/** Length in Unicode scalar values, as the server counts it. */
export function countChars(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** A run of plain text, or a link to an http or https address. */
export interface Run {
  readonly text: string;
  readonly href?: string;
}

const LINK = /https?:\/\/[^\s<>"'`]+/gi;
const TRAILING = /[.,;:!?…،؛؟]+$/;

/** Splits a text into its links and what is between them. */
export function splitLinks(text: string): Run[] {
  const runs: Run[] = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const link = trimLink(found[0]);
    if (!URL.canParse(link)) continue;
    if (found.index > end) runs.push({ text: text.slice(end, found.index) });
    runs.push({ text: link, href: new URL(link).href });
    end = found.index + link.length;
  }
  if (end < text.length) runs.push({ text: text.slice(end) });
  return runs;
}

/** Takes off what belongs to the sentence around: final marks, and a bracket never opened. */
function trimLink(found: string): string {
  const link = found.replace(TRAILING, "");
  const isOpen = link.split("(").length < link.split(")").length;
  return isOpen && link.endsWith(")") ? trimLink(link.slice(0, -1)) : link;
}

/** Whether it has the shape of an e-mail address; the server decides. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text);
}
