import type { Conversation, Message } from "@chatham/client";
import { expect, test } from "vitest";
import { layOut, mergeMessages } from "../src/conversation/merge";
import { compareForInbox, isListed, urgency } from "../src/inbox/order";

function conversation(more: Partial<Conversation>): Conversation {
  return { id: "a", state: "open", last_message_at: 1, ...more } as Conversation;
}

function message(seq: number, more: Partial<Message> = {}): Message {
  return {
    id: String(seq),
    seq,
    kind: "message",
    author: { kind: "visitor" },
    created_at: seq,
    ...more,
  } as Message;
}

test("who waits longest comes first, then who wrote last", () => {
  const early = conversation({ id: "early", waiting_since: 10 });
  const late = conversation({ id: "late", waiting_since: 20 });
  const fresh = conversation({ id: "fresh", last_message_at: 90 });
  const old = conversation({ id: "old", last_message_at: 30 });

  const sorted = [old, late, fresh, early].sort(compareForInbox).map((one) => one.id);

  expect(sorted).toEqual(["early", "late", "fresh", "old"]);
});

test("a conversation stands in the lists of its state and of its assignee", () => {
  const mine = conversation({ assignee_id: "me" });

  expect(isListed(mine, "mine", "open", "me")).toBe(true);
  expect(isListed(mine, "unassigned", "open", "me")).toBe(false);
  expect(isListed(mine, "all", "open", "me")).toBe(true);
  expect(isListed(mine, "all", "resolved", "me")).toBe(false);
  expect(isListed(conversation({}), "unassigned", "open", "me")).toBe(true);
});

test("a wait turns amber after two minutes and red after five", () => {
  expect([60_000, 120_000, 300_000].map(urgency)).toEqual(["calm", "soon", "late"]);
});

test("messages are merged by number, each once, the newer answer wins", () => {
  const merged = mergeMessages([message(1), message(3)], [message(2), message(3, { body: "new" })]);

  expect(merged.map((one) => one.seq)).toEqual([1, 2, 3]);
  expect(merged[2]?.body).toBe("new");
});

test("a name stands above the first message of a sender, and again after a while or a note", () => {
  const minute = 60_000_000;
  const rows = layOut(
    [
      message(1, { created_at: minute }),
      message(2, { created_at: minute * 2 }),
      message(3, { created_at: minute * 9 }),
      message(4, { created_at: minute * 9, author: { kind: "agent", id: "x" } }),
      message(5, { created_at: minute * 9, author: { kind: "agent", id: "x" }, kind: "note" }),
    ],
    () => true,
  );

  expect(rows.map((row) => row.startsGroup)).toEqual([true, false, true, true, true]);
});
