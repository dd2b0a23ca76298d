import { expect, test } from "vitest";
import ar from "../../widget/src/i18n/ar.json";
import en from "../../widget/src/i18n/en.json";
import es from "../../widget/src/i18n/es.json";
import heldAr from "../../widget/src/i18n/held.ar.json";
import heldEn from "../../widget/src/i18n/held.en.json";
import heldEs from "../../widget/src/i18n/held.es.json";
import { createTranslate, getDirection, type Plural, pickLocale } from "../src/i18n";

const WORDS = {
  hello: "Hello {name}",
  unread: { one: "{n} message", other: "{n} messages" },
};

test("a text takes its parameters, and keeps what has none", () => {
  const t = createTranslate(WORDS, "en");

  expect(t("hello", { name: "Ada {n}" })).toBe("Hello Ada {n}");
  expect(t("hello")).toBe("Hello {name}");
});

test("a plural follows the rules and the digits of its language", () => {
  expect(createTranslate(WORDS, "en")("unread", { n: 1 })).toBe("1 message");
  expect(createTranslate(WORDS, "en")("unread", { n: 1200 })).toBe("1,200 messages");
  expect(createTranslate(ar, "ar")("unread", { n: 2 })).toBe("رسالتان غير مقروءتين");
  expect(createTranslate(ar, "ar-EG")("unread", { n: 5 })).toBe("٥ رسائل غير مقروءة");
});

test("the page's language comes before the browser's, and the first known one is the last resort", () => {
  expect(pickLocale(["en", "es"], ["auto", "es-MX", "en"])).toBe("es");
  expect(pickLocale(["en", "es"], [null, "", "fr", "en-GB"])).toBe("en");
  expect(pickLocale(["en", "es"], ["fr"])).toBe("en");
});

test("Arabic runs from right to left", () => {
  expect(getDirection("ar-EG")).toBe("rtl");
  expect(getDirection("es")).toBe("ltr");
});

function listParameters(entry: string | Plural): string[] {
  const text = typeof entry === "string" ? entry : entry.other;
  return [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
}

const PAIRS: [string, Record<string, string | Plural>, Record<string, string | Plural>][] = [
  ["es", en, es],
  ["ar", en, ar],
  ["held.es", heldEn, heldEs],
  ["held.ar", heldEn, heldAr],
];
for (const [name, english, catalogue] of PAIRS) {
  test(`the catalogue ${name} has the keys, parameters and plurals of the English one`, () => {
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(english).sort());
    for (const [key, entry] of Object.entries(english)) {
      const other = catalogue[key] ?? "";
      expect(typeof other, key).toBe(typeof entry);
      expect(listParameters(other), key).toEqual(listParameters(entry));
    }
  });
}
