import { create, ProblemError } from "@chatham/client";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => vi.unstubAllGlobals());

/** A server that answers in turn; gives the keys it was sent. */
function serve(answers: (() => Promise<Response>)[]): string[] {
  const keys: string[] = [];
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
    keys.push(new Headers(init.headers).get("Idempotency-Key") ?? "");
    return answers.shift()?.();
  });
  return keys;
}

const lost = () => Promise.reject(new TypeError("no answer"));
const made = () => Promise.resolve(Response.json({ id: "1" }, { status: 201 }));
const refused = () => Promise.resolve(Response.json({ code: "shortcut_taken" }, { status: 409 }));

test("what got no answer is sent once more under the same key", async () => {
  const keys = serve([lost, made]);

  expect(await create("/api/console/sites", {})).toEqual({ id: "1" });

  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
  expect(keys[0]).not.toBe("");
});

test("a refusal is not sent again, and each thing has a key of its own", async () => {
  const keys = serve([refused, made, lost, lost]);

  await expect(create("/api/console/sites", {})).rejects.toThrow(ProblemError);
  await create("/api/console/sites", {});
  await expect(create("/api/console/sites", {})).rejects.toThrow(ProblemError);

  expect(new Set(keys).size).toBe(3);
  expect(keys).toHaveLength(4);
});
