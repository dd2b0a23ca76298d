// Messages in the order of their numbers, each once.
import type { Message } from "@chatham/client";

export function mergeMessages(a: readonly Message[], b: readonly Message[]): readonly Message[] {
  const bySeq = new Map<number, Message>();
  for (const message of a) bySeq.set(message.seq, message);
  for (const message of b) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

/**
 * A page of the newest messages, with what is known beside it. What came while the page was on its way stays; what is
 * older stays if nothing is missing in between.
 */
export function joinPage(
  known: readonly Message[],
  page: readonly Message[],
): { messages: readonly Message[]; keepsOlder: boolean } {
  const first = page[0];
  const last = page.at(-1);
  if (!first || !last) return { messages: known, keepsOlder: known.length > 0 };
  const older = known.filter((one) => one.seq < first.seq);
  const newer = known.filter((one) => one.seq > last.seq);
  const keepsOlder = older.at(-1)?.seq === first.seq - 1;
  return { messages: mergeMessages([...(keepsOlder ? older : []), ...page], newer), keepsOlder };
}

export interface Row {
  message: Message;
  /** A new day begins here. */
  startsDay: boolean;
  /** The sender's name stands above: the sender changed, or some minutes have passed. */
  startsGroup: boolean;
}

const GROUP_MICROS = 5 * 60 * 1_000_000;

export function layOut(
  messages: readonly Message[],
  sameDay: (a: number, b: number) => boolean,
): Row[] {
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const startsDay = !before || !sameDay(before.created_at, message.created_at);
    const sameAuthor =
      before?.author.kind === message.author.kind &&
      before?.author.id === message.author.id &&
      before?.kind === message.kind;
    const near = before !== undefined && message.created_at - before.created_at < GROUP_MICROS;
    return { message, startsDay, startsGroup: startsDay || !sameAuthor || !near };
  });
}
