import { expect, test } from "vitest";
import type { Command } from "../src/command/registry";

// The key reader looks at the browser's platform and storage when it is loaded.
Object.assign(globalThis, { addEventListener: () => undefined });
const { findCommand, nameOf } = await import("../src/command/keys");

function press(key: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent {
  return {
    key,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    ...more,
  } as KeyboardEvent;
}

function command(keys: string): Command {
  return { id: keys, group: "go", title: keys, keys, run: () => undefined };
}

test("a press has one name on every keyboard", () => {
  expect(nameOf(press("j"))).toBe("j");
  expect(nameOf(press("E", { shiftKey: true }))).toBe("Shift+E");
  expect(nameOf(press("?", { shiftKey: true }))).toBe("?");
  expect(nameOf(press("k", { metaKey: true }))).toBe("Mod+K");
  expect(nameOf(press("k", { ctrlKey: true }))).toBe("Mod+K");
  expect(nameOf(press("Enter", { ctrlKey: true }))).toBe("Mod+Enter");
  expect(nameOf(press("Shift", { shiftKey: true }))).toBeUndefined();
  expect(nameOf(press("x", { altKey: true }))).toBeUndefined();
});

test("two keys in a row make one command, and the first waits for the second", () => {
  const commands = [command("g i"), command("i"), command("s")];

  expect(findCommand(commands, "", "g")).toEqual({ waits: true });
  expect(findCommand(commands, "g", "i").command?.id).toBe("g i");
  expect(findCommand(commands, "", "i").command?.id).toBe("i");
  expect(findCommand(commands, "g", "s").command).toBeUndefined();
});
