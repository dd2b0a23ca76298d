import { expect, test } from "vitest";
import { rank, score } from "../src/kit/fuzzy";

Object.assign(globalThis, {
  addEventListener: () => undefined,
  location: { pathname: "/console", search: "", hash: "" },
});
const { expand, findSlash } = await import("../src/composer/canned");

test("names are filled in, and what is not known gives its default", () => {
  const values = { "visitor.name": "", "agent.name": "Desk" };

  const text = expand("Hello {{visitor.name|there}}, {{ agent.name }} here{{site.name}}.", values);

  expect(text).toBe("Hello there, Desk here.");
});

test("a slash opens the list at the start of a word only", () => {
  expect(findSlash("/sh", 3)).toEqual({ query: "sh", from: 0, to: 3 });
  expect(findSlash("Hello /", 7)).toEqual({ query: "", from: 6, to: 7 });
  expect(findSlash("see https://x", 13)).toBeUndefined();
  expect(findSlash("1/2", 3)).toBeUndefined();
  expect(findSlash("/ship it", 8)).toBeUndefined();
});

test("few letters find the text whose words they begin", () => {
  const items = ["Resolve and open the next", "Reply", "Assign to me"];

  expect(rank("ron", items, (item) => item)[0]).toBe("Resolve and open the next");
  expect(rank("atm", items, (item) => item)).toEqual(["Assign to me"]);
  expect(rank("", items, (item) => item)).toEqual(items);
  expect(score("zz", "Reply")).toBeUndefined();
  expect(score("e", "Ére")).toBeDefined();
});
