// Times as the server gives them: integer microseconds UTC.

/** A moment in microseconds since 1970, UTC. */
export type Micros = number;

/** The moment as a `Date`. */
export function toDate(at: Micros): Date {
  return new Date(at / 1000);
}

/** Hours and minutes in the reader's language and zone, for example `14:02` or `2:02 PM`. */
export function formatTime(at: Micros, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }).format(toDate(at));
}

/** Day, month and year in words, for example `24 December 2026`. */
export function formatDate(at: Micros, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(toDate(at));
}

/** Whether both moments fall on one day of the reader's calendar. */
export function isSameDay(a: Micros, b: Micros): boolean {
  return toDate(a).toDateString() === toDate(b).toDateString();
}
