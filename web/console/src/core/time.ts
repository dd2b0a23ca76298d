// Moments and spans as people read them. Times are microseconds UTC, as the server gives them.
import { formatDate, formatTime, isSameDay, type Micros, toDate } from "@chatham/ui/time";
import { useEffect, useState } from "preact/hooks";
import { getLocale, t } from "./i18n";

export type { Micros };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function nowMicros(): Micros {
  return Date.now() * 1000;
}

export function clock(at: Micros): string {
  return formatTime(at, getLocale());
}

export function longDate(at: Micros): string {
  return formatDate(at, getLocale());
}

export function dateAndTime(at: Micros): string {
  return new Intl.DateTimeFormat(getLocale(), { dateStyle: "medium", timeStyle: "short" }).format(
    toDate(at),
  );
}

/** "Today", "Yesterday", or the day in words. */
export function dayName(at: Micros): string {
  if (isSameDay(at, nowMicros())) return t("time.today");
  if (isSameDay(at, nowMicros() - DAY_MS * 1000)) return t("time.yesterday");
  return new Intl.DateTimeFormat(getLocale(), {
    weekday: "long",
    day: "numeric",
    month: "long",
  }).format(toDate(at));
}

/** For a list: the hour today, the day before that. */
export function shortMoment(at: Micros): string {
  if (isSameDay(at, nowMicros())) return clock(at);
  return new Intl.DateTimeFormat(getLocale(), { day: "numeric", month: "short" }).format(
    toDate(at),
  );
}

/** How long ago, in its largest unit: 40 s, 12 m, 3 h, 2 d. */
export function shortSpan(ms: number): string {
  const span = Math.max(0, ms);
  if (span < MINUTE_MS) return t("time.seconds", { n: Math.floor(span / 1000) });
  if (span < HOUR_MS) return t("time.minutes", { n: Math.floor(span / MINUTE_MS) });
  if (span < DAY_MS) return t("time.hours", { n: Math.floor(span / HOUR_MS) });
  return t("time.days", { n: Math.floor(span / DAY_MS) });
}

/** "in 30 days", "3 hours ago". */
export function relative(at: Micros): string {
  const ms = at / 1000 - Date.now();
  const format = new Intl.RelativeTimeFormat(getLocale(), { numeric: "auto" });
  if (Math.abs(ms) < HOUR_MS) return format.format(Math.round(ms / MINUTE_MS), "minute");
  if (Math.abs(ms) < DAY_MS) return format.format(Math.round(ms / HOUR_MS), "hour");
  return format.format(Math.round(ms / DAY_MS), "day");
}

/** The present moment, drawn again every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
