import type { Pending } from "@chatham/ui/outbox";
import { formatDate, formatTime, isSameDay } from "@chatham/ui/time";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../contract";
import { type Draft, findCurrent, greetingOf } from "../core";
import { Icon } from "../panel/icons";
import type { Widget } from "../widget";
import { MessageLine, PendingLine, SystemLine } from "./MessageLine";

/** Nearer than this to the end, new messages pull the view along. */
const NEAR_END_PX = 80;
/** History is in place by then: only what comes later is announced. */
const LIVE_AFTER_MS = 400;

/** The greeting and the messages. New ones are announced, the history never is. */
export function Log({ w }: { w: Widget }) {
  const { state, t } = w;
  const { config, messages, pending, current, isOpen, isLoaded, typing, hasOlder } = state;
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const heightBefore = useRef(0);
  const [isLive, setLive] = useState(false);
  const [isAway, setAway] = useState(false);
  const last = messages.at(-1)?.seq ?? 0;
  const first = messages[0]?.seq ?? 0;

  useEffect(() => {
    setLive(false);
    isAtEnd.current = true;
    if (!isOpen || !isLoaded) return;
    const timer = setTimeout(() => setLive(true), LIVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isOpen, isLoaded, current]);

  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return;
    if (isAtEnd.current) it.scrollTop = it.scrollHeight;
    else setAway(true);
  }, [last, pending.length, isOpen, typing, isLoaded]);

  // What is added above must not move what is being read.
  useLayoutEffect(() => {
    const it = box.current;
    if (it && heightBefore.current > 0) it.scrollTop += it.scrollHeight - heightBefore.current;
    heightBefore.current = 0;
  }, [first]);

  // A card below, or a longer draft, makes the log lower: its end stays in sight.
  useEffect(() => {
    const it = box.current;
    if (!it) return;
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) it.scrollTop = it.scrollHeight;
    });
    observer.observe(it);
    return () => observer.disconnect();
  }, []);

  function onScroll(): void {
    const it = box.current;
    if (!it) return;
    isAtEnd.current = it.scrollHeight - it.scrollTop - it.clientHeight < NEAR_END_PX;
    if (isAtEnd.current) setAway(false);
  }
  async function loadOlder(): Promise<void> {
    setLive(false);
    heightBefore.current = box.current?.scrollHeight ?? 0;
    isAtEnd.current = false;
    await w
      .getRoom()
      ?.talk.loadOlder()
      .catch(() => undefined);
    setTimeout(() => setLive(true), LIVE_AFTER_MS);
  }
  function toEnd(): void {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }

  const shown = pending.filter((it) => (it.payload.conversation ?? current) === current);
  return (
    <div class="log">
      <div
        class="scroll"
        role="log"
        aria-live={isLive ? "polite" : "off"}
        aria-label={t("log", { site: config?.name ?? "" })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard
        tabIndex={0}
        ref={box}
        onScroll={onScroll}
      >
        {hasOlder && (
          <button type="button" class="plain" onClick={() => void loadOlder()}>
            {t("older")}
          </button>
        )}
        {messages.length === 0 && isLoaded && (
          <p class={shown.length > 0 ? "greeting small" : "greeting"} dir="auto">
            {state.isErased ? t("erasedElsewhere") : config && greetingOf(config)}
          </p>
        )}
        <ol>
          {messages.map((it, at) => (
            <Line
              key={it.seq}
              w={w}
              message={it}
              before={messages[at - 1]}
              after={messages[at + 1]}
            />
          ))}
          {shown.map((it: Pending<Draft>) => (
            <PendingLine key={it.clientMsgId} w={w} item={it} />
          ))}
        </ol>
        {typing && (
          <p class="typing" aria-hidden="true">
            <i />
            <i />
            <i />
          </p>
        )}
      </div>
      <p class="sr" role="status">
        {typing && t("typing", { name: typing })}
      </p>
      {isAway && (
        <button type="button" class="newest" onClick={toEnd}>
          <Icon name="down" />
          {t("newest")}
        </button>
      )}
    </div>
  );
}

function Line({
  w,
  message,
  before,
  after,
}: {
  w: Widget;
  message: Message;
  before: Message | undefined;
  after: Message | undefined;
}) {
  const isNewDay = !before || !isSameDay(before.created_at, message.created_at);
  const isToday = isSameDay(message.created_at, Date.now() * 1000);
  const time = formatTime(message.created_at, w.locale);
  const isSameAuthor = !isNewDay && isSameVoice(before, message);
  // One time is enough for what one person says within a minute.
  const isTimed =
    !after || !isSameVoice(message, after) || formatTime(after.created_at, w.locale) !== time;
  const conversation = findCurrent(w.state);
  return (
    <>
      {isNewDay && (
        <li class="day">{isToday ? w.t("today") : formatDate(message.created_at, w.locale)}</li>
      )}
      {message.kind === "system" ? (
        <SystemLine w={w} message={message} />
      ) : (
        <MessageLine
          w={w}
          message={message}
          isSameAuthor={isSameAuthor}
          conversation={conversation}
          time={time}
          isTimed={isTimed}
        />
      )}
    </>
  );
}

function isSameVoice(a: Message, b: Message): boolean {
  return a.kind === "message" && a.author.kind === b.author.kind && a.author.id === b.author.id;
}
