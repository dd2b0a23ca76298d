import { expect, test } from "vitest";
import { countChars, isEmail, splitLinks } from "../src/text";

test("only http and https addresses become links", () => {
  for (const text of ["javascript:alert(1)", "data:text/html,x", "ftp://a.example", "a.example"]) {
    expect(splitLinks(text)).toEqual([{ text }]);
  }
  expect(splitLinks("see https://a.example/b?c=1#d now")).toEqual([
    { text: "see " },
    { text: "https://a.example/b?c=1#d", href: "https://a.example/b?c=1#d" },
    { text: " now" },
  ]);
});

test("marks of the sentence are not part of the link, brackets of the address are", () => {
  const link = (text: string) => splitLinks(text).find((it) => it.href)?.text;

  expect(link("(https://a.example/b).")).toBe("https://a.example/b");
  expect(link("https://a.example/b_(c)")).toBe("https://a.example/b_(c)");
  expect(link("هل هذا https://a.example/b؟")).toBe("https://a.example/b");
});

test("markup stays text", () => {
  const text = "<img src=x onerror=alert(1)>";

  expect(splitLinks(text)).toEqual([{ text }]);
});

test("length is counted in scalar values, as the server does", () => {
  expect(countChars("👩‍👧")).toBe(3);
  expect(countChars("é")).toBe(1);
});

test("the shape of an e-mail address", () => {
  expect(isEmail("ada@example.com")).toBe(true);
  for (const text of ["ada", "ada@example", "a b@example.com", "@example.com"]) {
    expect(isEmail(text)).toBe(false);
  }
});
