import { expect, test } from "vitest";
import { listMoments } from "../src/conversation/snooze";
import { findOverlap } from "../src/settings/hours/overlap";
import { contrast, makeReadable } from "../src/settings/look/contrast";
import { originOf } from "../src/settings/sites/origin";

test("contrast follows the definition of WCAG", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#0b5e55", "#ffffff")).toBeCloseTo(7.65, 1);
});

test("every accent ends readable: with white, with ink, or darkened", () => {
  expect(makeReadable("#0b5e55")).toEqual({
    accent: "#0b5e55",
    accent_text: "#ffffff",
    isCorrected: false,
  });
  expect(makeReadable("#ffd800")?.accent_text).toBe("#14201f");
  expect(makeReadable("red")).toBeUndefined();
  for (let value = 0; value < 0x1000000; value += 0x10307) {
    const readable = makeReadable(`#${value.toString(16).padStart(6, "0")}`);
    expect(contrast(readable?.accent ?? "", readable?.accent_text ?? "")).toBeGreaterThanOrEqual(
      4.5,
    );
  }
});

test("an origin is what somebody means who pastes an address", () => {
  expect(originOf("shop.example")).toBe("https://shop.example");
  expect(originOf(" https://shop.example/lamps?x=1 ")).toBe("https://shop.example");
  expect(originOf("localhost:4000")).toBe("http://localhost:4000");
  expect(originOf("shop")).toBeUndefined();
  expect(originOf("https://user:pass@shop.example")).toBeUndefined();
  expect(originOf("")).toBeUndefined();
});

test("hours that run into each other are named by their day", () => {
  const span = (from: string, to: string) => ({ day: "tue" as const, from, to });

  expect(findOverlap([span("09:00", "12:00"), span("12:00", "17:00")])).toBeUndefined();
  expect(findOverlap([span("09:00", "12:30"), span("12:00", "17:00")])).toBe("tue");
  expect(findOverlap([span("12:00", "09:00")])).toBe("tue");
});

test("snoozing offers only moments that are still to come, each once", () => {
  const monday = new Date(2026, 10, 23, 20, 0);
  const moments = listMoments(monday);

  expect(moments.every((one) => one.at > monday)).toBe(true);
  expect(moments.map((one) => one.id)).toEqual(["hour", "threeHours", "tomorrow", "monday"]);
  const sunday = listMoments(new Date(2026, 10, 22, 9, 0)).map((one) => one.id);
  expect(sunday).toEqual(["hour", "threeHours", "evening", "tomorrow"]);
});
