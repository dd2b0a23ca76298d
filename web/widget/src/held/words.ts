// The words of this screen, and the words for what the server names by keys. They come with the
// screen, so that a first opening does not carry them.
import { createTranslate, type Params, type Translate } from "@chatham/ui/i18n";
import type en from "../i18n/held.en.json";

type Words = typeof en;
type HeldKey = keyof Words;
type HeldTranslate = Translate<HeldKey>;

const CATALOGUES: Record<string, () => Promise<{ default: Words }>> = {
  en: () => import("../i18n/held.en.json"),
  es: () => import("../i18n/held.es.json"),
  ar: () => import("../i18n/held.ar.json"),
};

export interface HeldWords {
  readonly t: HeldTranslate;
  /** The words for a key of the server such as `support.reply`; `other` for one from later on. */
  readonly name: (
    kind: "field" | "purpose" | "source" | "role" | "value" | "choice" | "way",
    key: string,
    other: string,
  ) => string;
  /** A period in the policy's own notation, such as `365d after conversation.closed`, in words. */
  readonly period: (text: string) => string;
}

/** Loads the words of one language; numbers and dates follow `locale`. */
export async function loadHeldWords(language: string, locale: string): Promise<HeldWords> {
  const load = CATALOGUES[language] ?? CATALOGUES.en;
  const words = (await load?.())?.default;
  if (!words) throw new Error("no catalogue");
  return createHeldWords(words, locale);
}

/** As above, from a catalogue at hand. */
export function createHeldWords(words: Words, locale: string): HeldWords {
  const t: HeldTranslate = createTranslate(words, locale);
  function say(key: string, other: string, params?: Params): string {
    return key in words ? t(key as HeldKey, params) : other;
  }
  return {
    t,
    name: (kind, key, other) => say(`${kind}.${key}`, other),
    period(text) {
      const [, count, unit, , event] = /^(\d+)([dh])( after (\S+))?$/.exec(text) ?? [];
      if (count) {
        const time = say(`keep.${unit}`, text, { n: Number(count) });
        return event ? say(`after.${event}`, text, { time }) : time;
      }
      return say(text.replace(/^until /, "until."), text);
    },
  };
}
