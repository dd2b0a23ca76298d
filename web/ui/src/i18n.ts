// Words of one language at a time. A catalogue is one JSON file; a value is a text with `{names}`,
// or one text for each plural form that `Intl.PluralRules` may choose by the parameter `n`.

/** A text for each plural form; `other` is always there. */
export interface Plural {
  readonly zero?: string;
  readonly one?: string;
  readonly two?: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

/** All texts of one language. */
export type Catalogue = Readonly<Record<string, string | Plural>>;

/** What fills the `{names}` of a text; numbers are written in the reader's digits. */
export type Params = Readonly<Record<string, string | number>>;

/** Gives the text of a key in one language. */
export type Translate<K extends string> = (key: K, params?: Params) => string;

/** A function that gives the texts of `catalogue`, whose language is `locale`. */
export function createTranslate<K extends string>(
  catalogue: Readonly<Record<K, string | Plural>>,
  locale: string,
): Translate<K> {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (key, params = {}) => {
    const entry: string | Plural = catalogue[key];
    const text =
      typeof entry === "string" ? entry : (entry[rules.select(Number(params.n))] ?? entry.other);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = params[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? numbers.format(value) : value;
    });
  };
}

/** The first wish that `known` can meet by its main language; otherwise the first of `known`. */
export function pickLocale<K extends string>(
  known: readonly K[],
  wishes: readonly (string | null)[],
): K {
  const mains = wishes.map((wish) => wish?.toLowerCase().split("-")[0] as K);
  return mains.find((main) => known.includes(main)) ?? (known[0] as K);
}

/** The direction in which a language is written. */
export function getDirection(locale: string): "ltr" | "rtl" {
  return /^(ar|fa|he|ur)\b/.test(locale) ? "rtl" : "ltr";
}
