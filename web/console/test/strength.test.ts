import { expect, test } from "vitest";
import { measure } from "../src/session/strength";

test("a password is judged by its length and its variety, in characters and not in bytes", () => {
  expect(measure("short")).toBe("short");
  expect(measure("äöüäöüä")).toBe("short");
  expect(measure("aaaaaaaaaaaaaaa")).toBe("weak");
  expect(measure("harbour walls")).toBe("fair");
  expect(measure("four quiet lamps in a row")).toBe("good");
});
