// Messages in the order of their numbers, each once.
import type { Message } from "@chatham/client";

export function mergeMessages(a: readonly Message[], b: readonly Message[]): readonly Message[] {
  const bySeq = new Map<number, Message>();
  for (const message of a) bySeq.set(message.seq, message);
  for (const message of b) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
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
