// From a key press to a command. Single keys keep out of the way of writing and of open windows, and
// can be switched off.
import { prefs } from "../core/prefs";
import { type Command, listCommands } from "./registry";

const SEQUENCE_MS = 1200;

let pending = "";
let pendingAt = 0;

/** The press in the notation of commands, or undefined for a bare modifier. */
export function nameOf(event: KeyboardEvent): string | undefined {
  if (["Shift", "Control", "Alt", "Meta"].includes(event.key) || event.altKey) return undefined;
  const isLetter = /^\p{L}$/u.test(event.key);
  const key = isLetter ? event.key.toUpperCase() : event.key;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Mod");
  if (event.shiftKey && (isLetter || event.key.length > 1)) parts.push("Shift");
  parts.push(parts.length === 0 && isLetter ? event.key.toLowerCase() : key);
  return parts.join("+");
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) {
    return !["checkbox", "radio", "button", "submit", "color"].includes(target.type);
  }
  return target.isContentEditable || target.matches("textarea, select");
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("button, a, input, summary") !== null;
}

/** The command for this press, given what was pressed just before. */
export function findCommand(
  commands: readonly Command[],
  before: string,
  press: string,
): { command?: Command; waits: boolean } {
  const sequence = before === "" ? press : `${before} ${press}`;
  const command = commands.find((one) => one.keys === sequence);
  if (command) return { command, waits: false };
  return { waits: commands.some((one) => one.keys?.startsWith(`${sequence} `)) };
}

export function listenToKeys(): () => void {
  const press = (event: KeyboardEvent) => {
    const name = nameOf(event);
    if (name === undefined || event.isComposing || event.defaultPrevented) return;
    if (!isAllowed(event, name)) return;
    const before = Date.now() - pendingAt < SEQUENCE_MS ? pending : "";
    const commands = listCommands();
    let found = findCommand(commands, before, name);
    if (!found.command && !found.waits && before !== "") found = findCommand(commands, "", name);
    pending = found.waits ? name : "";
    pendingAt = Date.now();
    if (!found.command) return;
    event.preventDefault();
    found.command.run();
  };
  addEventListener("keydown", press);
  return () => removeEventListener("keydown", press);
}

function isAllowed(event: KeyboardEvent, name: string): boolean {
  if (document.querySelector("dialog[open]")) return false;
  if (name.startsWith("Mod+")) return true;
  if (!prefs.get().singleKeys || isWriting(event.target)) return false;
  return name !== "Enter" || !isControl(event.target);
}
