import type { Conversation } from "@chatham/client";
import { useEffect, useRef } from "preact/hooks";
import { outboxOf, threadOf, threads } from "../conversation/thread";
import { t } from "../core/i18n";
import { prefs } from "../core/prefs";
import { useStore } from "../core/store";
import { Icon } from "../kit/icon";
import { may } from "../session/state";
import { CannedPopup, useCanned } from "./canned-popup";
import { changeDraft, drafts, draftsOf } from "./drafts";
import { type DraftKind, setComposer } from "./focus";
import { ComposerFoot } from "./foot";
import { tellTyping } from "./typing";

const MESSAGE_LENGTH_MAX = 10_000;

/** Where an agent writes. A note turns all of it yellow, so that none is sent by mistake. */
export function Composer({ conversation }: { conversation: Conversation }) {
  const { id } = conversation;
  const draft = useStore(drafts, (all) => draftsOf(all, id));
  const { kind } = draft;
  const text = draft[kind];
  const area = useRef<HTMLTextAreaElement>(null);
  const setText = (next: string) => changeDraft(id, { [kind]: next });
  const choose = (next: DraftKind) => {
    changeDraft(id, { kind: next });
    area.current?.focus();
  };
  const canned = useCanned(area, conversation, text, setText);
  useEffect(() => {
    setComposer(choose);
    return () => setComposer(undefined);
  }, [id]);
  if (!may("answer")) return <p class="composer-closed">{t("composer.readOnly")}</p>;
  const length = Array.from(text).length;
  const canSend = text.trim() !== "" && length <= MESSAGE_LENGTH_MAX;
  const send = () => {
    if (!canSend) return;
    const seenSeq = threadOf(threads.get(), id).messages.at(-1)?.seq ?? 0;
    outboxOf(id).add({ kind, body: text, ...(kind === "message" ? { seenSeq } : {}) });
    changeDraft(id, { [kind]: "" });
    area.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (event.isComposing || canned.press(event)) return;
    if (event.key === "Escape") area.current?.blur();
    if (event.key !== "Enter" || event.shiftKey) return;
    if (!event.ctrlKey && !event.metaKey && !prefs.get().enterSends) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class={`composer composer-${kind}`}
      aria-label={t("composer.label")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="composer-tabs">
        <KindTab kind="message" current={kind} onChoose={choose} />
        <KindTab kind="note" current={kind} onChoose={choose} />
        {kind === "note" && (
          <span class="composer-private">
            <Icon name="lock" size={13} />
            {t("composer.onlyTeam")}
          </span>
        )}
      </div>
      <CannedPopup canned={canned} />
      <textarea
        ref={area}
        rows={3}
        dir="auto"
        value={text}
        aria-label={t(`composer.${kind}`)}
        placeholder={t(`composer.${kind}Placeholder`)}
        aria-autocomplete="list"
        aria-controls={canned.isOpen ? canned.listId : undefined}
        aria-activedescendant={canned.activeId}
        onInput={(event) => {
          setText(event.currentTarget.value);
          canned.look();
          if (kind === "message") tellTyping(id);
        }}
        onKeyDown={press}
        onClick={canned.look}
      />
      <ComposerFoot kind={kind} length={length} max={MESSAGE_LENGTH_MAX} canSend={canSend} />
    </form>
  );
}

interface KindTabProps {
  kind: DraftKind;
  current: DraftKind;
  onChoose: (kind: DraftKind) => void;
}

function KindTab({ kind, current, onChoose }: KindTabProps) {
  return (
    <button
      type="button"
      class="composer-tab"
      aria-pressed={kind === current}
      aria-keyshortcuts={kind === "message" ? "r" : "n"}
      onClick={() => onChoose(kind)}
    >
      {t(`composer.${kind}`)}
    </button>
  );
}
