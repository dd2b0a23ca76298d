// The words of the question of age. They come with it, so that a first opening does not carry them.
import { createTranslate, type Translate } from "@chatham/ui/i18n";
import type en from "../i18n/age.en.json";

type Words = typeof en;
export type AgeTranslate = Translate<keyof Words>;

const CATALOGUES: Record<string, () => Promise<{ default: Words }>> = {
  en: () => import("../i18n/age.en.json"),
  es: () => import("../i18n/age.es.json"),
  ar: () => import("../i18n/age.ar.json"),
};

/** Loads the words of one language; digits follow `locale`. */
export async function loadAgeWords(language: string, locale: string): Promise<AgeTranslate> {
  const load = CATALOGUES[language] ?? CATALOGUES.en;
  const words = (await load?.())?.default;
  if (!words) throw new Error("no catalogue");
  return createTranslate(words, locale);
}
