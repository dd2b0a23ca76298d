// How long something is kept, from the policy file's words into the reader's.
import { t, tCode } from "./i18n";

const spans = { d: "retain.d", h: "retain.h", m: "retain.m", y: "retain.y" } as const;

/** `365d after conversation.closed` as a person says it; what is not known stays as it is written. */
export function wordRetention(text: string): string {
  const found = /^(\d+)([dhmy])(?: after ([\w.]+))?$/.exec(text);
  if (!found) return tCode("retain", text);
  const [, count, unit, event] = found;
  const span = t(spans[unit as keyof typeof spans], { n: Number(count) });
  return event ? t("retain.for", { span, event: tCode("retain.after", event) }) : span;
}
