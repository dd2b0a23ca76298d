import type { PolicyView } from "@chatham/client";
import { expect, test } from "vitest";
import { nextVersion, offsetOf, startNext, withDate } from "../src/settings/policy/next";

const TEXT =
  '[policy]\nschema = 1\nversion = 3\npredecessor = "sha256:two"\neffective = "2027-01-01T00:00:00Z"\n';

const policy = { version: 3, hash: "sha256:three", text: TEXT } as PolicyView;

test("the next version names the one before, and only its head differs", () => {
  const next = startNext(policy);

  expect(next).toBe(
    '[policy]\nschema = 1\nversion = 4\npredecessor = "sha256:three"\neffective = "2027-01-01T00:00:00Z"\n',
  );
});

test("the version that waits is the one to follow", () => {
  const waiting = { version: 4, hash: "sha256:four", text: TEXT.replace("3", "4") };
  const both = { ...policy, waiting } as PolicyView;

  expect(nextVersion(both)).toBe(5);
  expect(startNext(both)).toContain('predecessor = "sha256:four"');
});

test("a date is set where the old one stood", () => {
  expect(withDate(TEXT, "2027-03-01T00:00:00Z")).toContain('effective = "2027-03-01T00:00:00Z"');
});

test("line and column lead to the place of a fault", () => {
  expect(TEXT.slice(offsetOf(TEXT, 3, 11)).startsWith("3\n")).toBe(true);
  expect(offsetOf("a", 9, 9)).toBe(1);
});
