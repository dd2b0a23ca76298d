import { expect, test } from "vitest";
import { createHeldWords } from "../src/held/words";
import ar from "../src/i18n/held.ar.json";
import en from "../src/i18n/held.en.json";

test("periods of the policy are said in words, in the reader's language", () => {
  const { period } = createHeldWords(en, "en");

  expect(period("365d after conversation.closed")).toBe("365 days after the conversation ends");
  expect(period("24h")).toBe("24 hours");
  expect(period("until erased")).toBe("until you have it erased");
  expect(createHeldWords(ar, "ar").period("2d")).toBe("يومان");
});

test("what a later server names stays as the server says it", () => {
  const { period, name } = createHeldWords(en, "en");

  expect(period("7d after moon.rise")).toBe("7d after moon.rise");
  expect(period("until moon.rise")).toBe("until moon.rise");
  expect(name("field", "moon.phase", "Phase of the moon")).toBe("Phase of the moon");
});
