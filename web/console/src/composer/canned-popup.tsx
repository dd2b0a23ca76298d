import type { CannedReply, Conversation } from "@chatham/client";
import { useEffect, useId, useState } from "preact/hooks";
import { t } from "../core/i18n";
import { Link } from "../kit/link";
import {
  cannedReplies,
  expand,
  findReplies,
  findSlash,
  loadCannedReplies,
  type Slash,
  valuesFor,
} from "./canned";

interface Area {
  current: HTMLTextAreaElement | null;
}

export interface Canned {
  isOpen: boolean;
  found: readonly CannedReply[];
  index: number;
  listId: string;
  activeId: string | undefined;
  preview: string;
  look: () => void;
  /** Takes the keys that belong to the open list; true when it took this one. */
  press: (event: KeyboardEvent) => boolean;
  take: (reply: CannedReply) => void;
}

/** The list of canned replies that opens while `/word` stands before the caret. */
export function useCanned(
  area: Area,
  conversation: Conversation,
  text: string,
  setText: (text: string) => void,
): Canned {
  const listId = useId();
  const [slash, setSlash] = useState<Slash | undefined>();
  const [index, setIndex] = useState(0);
  useEffect(() => {
    if (cannedReplies.get().length === 0) void loadCannedReplies().catch(() => undefined);
  }, []);
  const found = slash ? findReplies(slash.query) : [];
  const chosen = found[Math.min(index, found.length - 1)];
  const values = valuesFor(conversation);
  const look = () => {
    const node = area.current;
    setSlash(node ? findSlash(node.value, node.selectionStart) : undefined);
    setIndex(0);
  };
  const take = (reply: CannedReply) => {
    if (!slash) return;
    const body = expand(reply.body, values);
    setText(text.slice(0, slash.from) + body + text.slice(slash.to));
    setSlash(undefined);
    const caret = slash.from + body.length;
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(caret, caret);
    });
  };
  const press = (event: KeyboardEvent): boolean => {
    if (!slash || (found.length === 0 && event.key !== "Escape")) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setIndex((now) => (now + step + found.length) % found.length);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) take(chosen);
    else if (event.key === "Escape") setSlash(undefined);
    else return false;
    event.preventDefault();
    return true;
  };
  const isOpen = slash !== undefined && (found.length > 0 || slash.query === "");
  return {
    isOpen,
    found,
    index: chosen ? found.indexOf(chosen) : -1,
    listId,
    activeId: isOpen && chosen ? `${listId}-${chosen.id}` : undefined,
    preview: chosen ? expand(chosen.body, values) : "",
    look,
    press,
    take,
  };
}

export function CannedPopup({ canned }: { canned: Canned }) {
  if (!canned.isOpen) return null;
  if (canned.found.length === 0) {
    return (
      <div class="canned canned-none">
        <p>
          {t("canned.none")} <Link to="settings/replies">{t("canned.make")}</Link>
        </p>
      </div>
    );
  }
  return (
    <div class="canned">
      <div id={canned.listId} role="listbox" aria-label={t("canned.title")} class="canned-list">
        {canned.found.map((reply, at) => (
          <div
            key={reply.id}
            id={`${canned.listId}-${reply.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === canned.index}
            class="canned-row"
            onMouseDown={(event) => {
              event.preventDefault();
              canned.take(reply);
            }}
          >
            <span class="canned-shortcut">/{reply.shortcut}</span>
            <bdi>{reply.title}</bdi>
          </div>
        ))}
      </div>
      <p class="canned-preview" dir="auto" aria-live="polite">
        {canned.preview}
      </p>
    </div>
  );
}
