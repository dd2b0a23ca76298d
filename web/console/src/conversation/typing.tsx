// Who is writing right now. Nothing of it is kept: five silent seconds end it.
import { t } from "../core/i18n";
import { createStore, useStore } from "../core/store";

interface Typist {
  key: string;
  name: string | undefined;
  kind: string;
}

const TYPING_MS = 5000;
const typing = createStore<ReadonlyMap<string, readonly Typist[]>>(new Map());
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const nobody: readonly Typist[] = [];

export function putTyping(
  conversationId: string,
  author: { kind: string; id?: string; name?: string },
): void {
  const key = author.id ?? author.kind;
  const place = `${conversationId}/${key}`;
  clearTimeout(timers.get(place));
  timers.set(
    place,
    setTimeout(() => endTyping(conversationId, key), TYPING_MS),
  );
  change(conversationId, (now) => [
    ...now.filter((one) => one.key !== key),
    { key, name: author.name, kind: author.kind },
  ]);
}

/** The words themselves have come, or the writer has gone. */
export function endTyping(conversationId: string, key: string): void {
  clearTimeout(timers.get(`${conversationId}/${key}`));
  timers.delete(`${conversationId}/${key}`);
  change(conversationId, (now) => now.filter((one) => one.key !== key));
}

function change(id: string, next: (now: readonly Typist[]) => readonly Typist[]): void {
  typing.update((all) => {
    const map = new Map(all);
    const list = next(map.get(id) ?? nobody);
    if (list.length === 0) map.delete(id);
    else map.set(id, list);
    return map;
  });
}

export function TypingLine({ conversationId }: { conversationId: string }) {
  const writers = useStore(typing, (all) => all.get(conversationId) ?? nobody);
  if (writers.length === 0) return null;
  return (
    <p class="typing" aria-live="off">
      <span class="typing-dots" aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      {writers.map((one) => (
        <span key={one.key}>
          {one.kind === "visitor"
            ? t("conversation.visitorWrites")
            : t("conversation.colleagueWrites", { name: one.name ?? t("conversation.colleague") })}
        </span>
      ))}
    </p>
  );
}
