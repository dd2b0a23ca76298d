// Every word on the screen comes from a catalogue. English is built in; another language is one more
// JSON file with the same keys, named in `loaders`.
import { createTranslate, getDirection, type Params, pickLocale } from "@chatham/ui/i18n";
import en from "../i18n/en.json";

type Texts = typeof en;
export type Key = keyof Texts;

const loaders: Record<string, () => Promise<Texts>> = { en: () => Promise.resolve(en) };

let texts: Texts = en;
let locale = "en";
let translate = createTranslate<Key>(en, "en");

/** The language tag for dates and numbers: the reader's own, within the catalogue's language. */
export function getLocale(): string {
  return locale;
}

export async function loadLanguage(wishes: readonly string[]): Promise<void> {
  const language = pickLocale(Object.keys(loaders), wishes);
  const load = loaders[language];
  if (load) texts = await load();
  locale = wishes.find((wish) => wish.startsWith(language)) ?? language;
  translate = createTranslate<Key>(texts, locale);
  document.documentElement.lang = language;
  document.documentElement.dir = getDirection(language);
}

/** The text of a key; a text with plural forms chooses by `n`. */
export function t(key: Key, params?: Params): string {
  return translate(key, params);
}

/** The text for a code of the server, or `fallback` where the catalogue does not know it. */
export function tCode(stem: string, code: string, fallback = code): string {
  const key = `${stem}.${code}`;
  return isKey(key) ? translate(key) : fallback;
}

function isKey(key: string): key is Key {
  return Object.hasOwn(texts, key);
}
