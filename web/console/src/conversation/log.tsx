import type { Conversation, Message } from "@chatham/client";
import { isSameDay } from "@chatham/ui/time";
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../core/i18n";
import { useStore } from "../core/store";
import { dayName } from "../core/time";
import { Trouble } from "../kit/bits";
import { Button } from "../kit/button";
import { layOut } from "./merge";
import { MessageLine } from "./message";
import { PendingLine } from "./pending";
import type { Unread } from "./reading";
import { openThread, readOlder, type Thread, threadOf, threads } from "./thread";
import { TypingLine } from "./typing";

interface LogProps {
  conversation: Conversation;
  unread: Unread;
  onSeen: (seq: number) => void;
}

const NEAR_END_PX = 80;

/** The conversation itself. It is read out as it grows, but not while its history is put in place. */
export function Log({ conversation, unread, onSeen }: LogProps) {
  const thread = useStore(threads, (all) => threadOf(all, conversation.id));
  const rows = useMemo(() => layOut(thread.messages, isSameDay), [thread.messages]);
  const unreadFrom = findUnread(thread.messages, unread);
  const place = useRef<HTMLDivElement>(null);
  const lastSeq = thread.messages.at(-1)?.seq ?? 0;
  const scroll = useScroll(place, thread.messages, thread.pending);
  const isLive = useLateTrue(thread.status !== "loading");
  useEffect(() => {
    if (scroll.atEnd && lastSeq > 0) onSeen(lastSeq);
  }, [scroll.atEnd, lastSeq, onSeen]);
  return (
    <div class="log-frame">
      <div
        ref={place}
        class="log"
        role="log"
        aria-label={t("conversation.log")}
        aria-live={isLive ? "polite" : "off"}
        aria-busy={thread.status === "loading"}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolling by key needs the focus
        tabIndex={0}
        onScroll={scroll.onScroll}
      >
        <Trouble error={thread.error} onRetry={() => void openThread(conversation.id)} />
        {thread.hasMore && (
          <div class="log-older">
            <Button
              kind="quiet"
              busy={thread.status === "older"}
              onClick={() => void readOlder(conversation.id)}
            >
              {t("conversation.older")}
            </Button>
          </div>
        )}
        {rows.map(({ message, startsDay, startsGroup }) => (
          <Fragment key={message.seq}>
            {startsDay && <p class="day">{dayName(message.created_at)}</p>}
            {message.seq === unreadFrom && <p class="unread-line">{t("conversation.unread")}</p>}
            <MessageLine
              message={message}
              conversation={conversation}
              startsGroup={startsGroup}
              isLast={message.seq === lastReplySeq(thread.messages)}
            />
          </Fragment>
        ))}
        {thread.pending.map((item) => (
          <PendingLine key={item.clientMsgId} item={item} conversation={conversation} />
        ))}
        <TypingLine conversationId={conversation.id} />
      </div>
      {!scroll.atEnd && (
        <button type="button" class="to-end" onClick={scroll.toEnd}>
          {t("conversation.toEnd")}
        </button>
      )}
    </div>
  );
}

/** Where reading goes on: the first of the visitor's messages that were unread at the opening. */
function findUnread(messages: readonly Message[], unread: Unread): number | undefined {
  if (unread.count === 0) return undefined;
  const theirs = messages.filter(
    (one) => one.author.kind === "visitor" && one.seq <= unread.lastSeq,
  );
  return theirs.at(-unread.count)?.seq;
}

/** The newest reply says in words how far it has come; those before it only by their marks. */
function lastReplySeq(messages: readonly Message[]): number | undefined {
  return messages.findLast((one) => one.kind === "message" && one.author.kind === "agent")?.seq;
}

/** True one drawing after `ready`, so that history is in place before it is announced. */
function useLateTrue(ready: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!ready) return undefined;
    const timer = setTimeout(() => setLate(true), 500);
    return () => clearTimeout(timer);
  }, [ready]);
  return late;
}

/** Stays at the end while new messages come, and at the same message while old ones are put before. */
function useScroll(
  place: { current: HTMLDivElement | null },
  messages: readonly Message[],
  pending: Thread["pending"],
) {
  const [atEnd, setAtEnd] = useState(true);
  const wasAtEnd = useRef(true);
  const before = useRef({ first: 0, height: 0, pending: 0 });
  const first = messages[0]?.seq ?? 0;
  useLayoutEffect(() => {
    const node = place.current;
    if (!node) return;
    const old = before.current;
    const grewAbove = old.first > first && old.height > 0;
    if (grewAbove && !wasAtEnd.current) node.scrollTop += node.scrollHeight - old.height;
    else if (wasAtEnd.current || pending.length > old.pending) node.scrollTop = node.scrollHeight;
    before.current = { first, height: node.scrollHeight, pending: pending.length };
  }, [messages, pending, first, place]);
  const look = () => {
    const node = place.current;
    if (!node) return;
    const isAtEnd = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR_END_PX;
    wasAtEnd.current = isAtEnd;
    setAtEnd(isAtEnd);
  };
  return {
    atEnd,
    onScroll: look,
    toEnd: () => {
      const node = place.current;
      if (node) node.scrollTop = node.scrollHeight;
      node?.focus();
    },
  };
}
