// @vitest-environment jsdom
import { virtual } from "@guidepup/virtual-screen-reader";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createTranslate } from "../../ui/src/i18n";
import type { Message } from "../src/contract";
import { EMPTY, type Key, type State } from "../src/core";
import en from "../src/i18n/en.json";
import { Log } from "../src/talk/Log";
import type { Widget } from "../src/widget";

const LIVE_AFTER_MS = 500;

function say(seq: number, body: string, kind: "agent" | "visitor" = "agent"): Message {
  return {
    id: `m${seq}`,
    conversation_id: "c1",
    seq,
    kind: "message",
    author: { kind, name: kind === "agent" ? "Desk" : null },
    body,
    created_at: Date.now() * 1000,
  };
}

function show(change: Partial<State>): void {
  const state: State = { ...EMPTY, isOpen: true, current: "c1", ...change };
  const w = {
    state,
    locale: "en-GB",
    t: createTranslate<Key>(en, "en"),
    getRoom: () => undefined,
  } as unknown as Widget;
  act(() => render(<Log w={w} />, document.body));
}

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe(): void {}
      disconnect(): void {}
    },
  );
});
afterEach(async () => {
  await virtual.stop();
  act(() => render(null, document.body));
  vi.unstubAllGlobals();
});

test("a new message is announced with its sender, the history is not", async () => {
  await virtual.start({ container: document.body });
  show({ messages: [] });
  show({ messages: [say(1, "from yesterday")] });
  await new Promise((resolve) => setTimeout(resolve, LIVE_AFTER_MS));
  show({ messages: [say(1, "from yesterday")] });

  show({ messages: [say(1, "from yesterday"), say(2, "Hello, how can I help?")] });
  await new Promise((resolve) => setTimeout(resolve, 100));

  const spoken = (await virtual.spokenPhraseLog()).filter((it) => it.startsWith("polite"));
  expect(spoken.join("\n")).not.toContain("yesterday");
  expect(spoken.join("\n")).toMatch(/Desk, .*Hello, how can I help\?/);
});

test("typing is announced in a status of its own, not in the log", () => {
  show({ messages: [say(1, "hi")], typing: "Desk" });

  const log = document.querySelector("[role=log]");
  expect(log?.textContent).not.toContain("typing");
  expect(document.querySelector("[role=status]")?.textContent).toBe("Desk is typing");
});

test("what others write is text, whatever it looks like", () => {
  show({ messages: [say(1, "<img src=x onerror=alert(1)> https://a.example/")] });

  expect(document.querySelector("img")).toBeNull();
  const link = document.querySelector("a");
  expect(link?.rel).toBe("noopener noreferrer nofollow");
  expect(link?.target).toBe("_blank");
});
