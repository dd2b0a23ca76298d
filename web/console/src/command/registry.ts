// What can be done right now, each with its key: the screens say it here, and the keyboard, the palette
// and the sheet all read it.
import { useEffect, useRef } from "preact/hooks";
import type { IconName } from "../kit/icon";

/** What an agent has at hand comes first. */
export const groups = ["conversation", "write", "list", "privacy", "go", "app"] as const;
type CommandGroup = (typeof groups)[number];

export interface Command {
  id: string;
  group: CommandGroup;
  title: string;
  /** `j`, `Shift+E`, `Mod+K`, or two keys in a row: `g i`. */
  keys?: string;
  icon?: IconName;
  /** Left out of the palette: moves that make sense by key alone. */
  keyOnly?: boolean;
  run: () => void;
}

const sets = new Map<symbol, readonly Command[]>();

/** All commands of the screens that are open; a screen opened later wins where ids are the same. */
export function listCommands(): Command[] {
  const byId = new Map<string, Command>();
  for (const set of sets.values()) {
    for (const command of set) byId.set(command.id, command);
  }
  return [...byId.values()].sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group));
}

/** Offers commands as long as the calling component is on the screen. */
export function useCommands(commands: readonly Command[]): void {
  const name = useRef<symbol | null>(null);
  name.current ??= Symbol("commands");
  useEffect(() => {
    if (name.current) sets.set(name.current, commands);
  });
  useEffect(() => {
    const mine = name.current;
    return () => {
      if (mine) sets.delete(mine);
    };
  }, []);
}
