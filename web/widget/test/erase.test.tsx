// @vitest-environment jsdom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { createTranslate } from "../../ui/src/i18n";
import { createApi } from "../src/api";
import type { Core, Key, State } from "../src/core";
import { EMPTY } from "../src/core";
import { Held } from "../src/held/Held";
import en from "../src/i18n/en.json";
import type { Widget } from "../src/widget";

const HELD = {
  conversations: 1,
  policy_version: 1,
  items: [],
  readers: [],
  consents: [],
  signal: { sent: false, stops: [] },
  notices: { offered: true },
};

/** The panel's page of what is held, before a server that answers an erasure as told. */
function open(answers: (() => Promise<Response>)[]) {
  let token: string | undefined = "secret";
  vi.stubGlobal("fetch", (url: string) =>
    url.endsWith("/me") ? Promise.resolve(Response.json(HELD)) : answers.shift()?.(),
  );
  const w = {
    state: { ...EMPTY } as State,
    locale: "en-GB",
    t: createTranslate<Key>(en, "en"),
    api: createApi("", () => token),
    memory: { get: () => ({ token }) },
    bridge: { locale: "en", channel: { postMessage() {} }, emit: vi.fn() },
    set(change: Partial<State>) {
      w.state = { ...w.state, ...change };
      draw();
    },
    getRoom: () => ({ talk: { forget } }),
  };
  function forget(isErased: boolean): void {
    token = undefined;
    w.set({ isErased });
  }
  const draw = () => act(() => render(<Held w={w as unknown as Widget & Core} />, document.body));
  draw();
  return w;
}

async function press(name: string): Promise<void> {
  await vi.waitFor(() => expect(find(name)).toBeTruthy());
  await act(async () => find(name)?.click());
}

const find = (name: string) =>
  [...document.querySelectorAll("button")].find((it) => it.textContent === name);
const text = () => document.body.textContent ?? "";

const lost = () => Promise.reject(new TypeError("no answer"));
const problem = (status: number, code: string) => () =>
  Promise.resolve(Response.json({ code }, { status }));

afterEach(() => {
  act(() => render(null, document.body));
  vi.unstubAllGlobals();
});

test("an erasure whose answer was lost is done when nobody knows the secret any more", async () => {
  const w = open([lost, problem(401, "visitor_unknown")]);
  await press("Erase all of it");
  await press("Erase all of it");
  await vi.waitFor(() => expect(w.state.notice).not.toBe(""));
  expect(w.state.isErased).toBe(false);

  await press("Erase all of it");

  await vi.waitFor(() => expect(text()).toContain("Everything that we held about you is erased."));
  expect(w.state.notice).toBe("");
  expect(w.state.receipt).toBeNull();
  expect(w.bridge.emit).toHaveBeenCalledWith("erase");
});

test("another refusal of an erasure is told and forgets nothing", async () => {
  const w = open([problem(429, "too_many_requests")]);
  await press("Erase all of it");
  await press("Erase all of it");

  await vi.waitFor(() => expect(w.state.notice).not.toBe(""));
  expect(w.state.isErased).toBe(false);
  expect(text()).not.toContain("is erased");
});
