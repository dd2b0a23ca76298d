// @vitest-environment jsdom
// What the stream says while an answer is on its way: the answer is older, and undoes nothing.
import { api, type Conversation, type Message } from "@chatham/client";
import { beforeEach, expect, test, vi } from "vitest";
import {
  forgetThreads,
  openThread,
  putMessage,
  threadOf,
  threads,
} from "../src/conversation/thread";
import {
  conversations,
  findConversation,
  forgetConversations,
  listing,
  openListing,
  putConversation,
  readListing,
  readMore,
} from "../src/inbox/state";

function conversation(id: string, more: Partial<Conversation> = {}): Conversation {
  return { id, state: "open", last_message_at: 1, last_seq: 1, unread: 0, ...more } as Conversation;
}

function message(seq: number): Message {
  const author = { kind: "visitor" };
  return { id: `m${seq}`, conversation_id: "a", seq, kind: "message", author } as Message;
}

/** A request whose answer comes when the test says so. */
function delayed<Answer>(): { ask: () => Promise<Answer>; answer: (it: Answer) => void } {
  let answer!: (it: Answer) => void;
  const promise = new Promise<Answer>((resolve) => {
    answer = resolve;
  });
  return { ask: () => promise, answer };
}

function delayList() {
  const { ask, answer } = delayed<Awaited<ReturnType<typeof api.conversations.list>>>();
  vi.spyOn(api.conversations, "list").mockImplementationOnce(ask);
  const counts = { mine: 0, unassigned: 0, all: 0 };
  return (list: Conversation[], next_cursor: string | null = null) =>
    answer({ conversations: list, counts, next_cursor });
}

function delayMessages() {
  const { ask, answer } = delayed<Awaited<ReturnType<typeof api.conversations.messages>>>();
  vi.spyOn(api.conversations, "messages").mockImplementationOnce(ask);
  return (messages: Message[], has_more = false) => answer({ messages, has_more });
}

const seqs = () => threadOf(threads.get(), "a").messages.map((one) => one.seq);

beforeEach(() => {
  vi.useFakeTimers();
  vi.restoreAllMocks();
  forgetConversations([...conversations.get().keys()]);
  forgetThreads([...threads.get().keys()]);
});

test("a conversation that begins while the list is read stays in the list", async () => {
  const answer = delayList();
  const reading = openListing("all", "open");

  putConversation(conversation("new"));
  answer([conversation("old")]);
  await reading;

  expect(listing.get().ids).toEqual(["old", "new"].sort().reverse());
});

test("what the stream says of a conversation is newer than a list asked for before", async () => {
  const answer = delayList();
  const reading = readListing();

  putConversation(conversation("a", { last_seq: 7 }));
  putConversation(conversation("b", { state: "resolved" }));
  answer([conversation("a"), conversation("b")]);
  await reading;

  expect(conversations.get().get("a")?.last_seq).toBe(7);
  expect(listing.get().ids).toEqual(["a"]);
});

test("an erased person's conversation does not come back with an older list or answer", async () => {
  const answer = delayList();
  const reading = readListing();
  const one = delayed<{ conversation: Conversation }>();
  vi.spyOn(api.conversations, "get").mockImplementationOnce(
    one.ask as typeof api.conversations.get,
  );
  const finding = findConversation("a", "again");

  forgetConversations(["a"]);
  answer([conversation("a")]);
  one.answer({ conversation: conversation("a") });
  await Promise.all([reading, finding]);

  expect(listing.get().ids).toEqual([]);
  expect(conversations.get().has("a")).toBe(false);
});

test("what comes while more of the list is read stays too", async () => {
  const first = delayList();
  const reading = readListing();
  first([conversation("a")], "next");
  await reading;
  const second = delayList();
  const more = readMore();

  putConversation(conversation("c"));
  second([conversation("b")]);
  await more;

  expect([...listing.get().ids].sort()).toEqual(["a", "b", "c"]);
});

test("a message that comes while the first page is read stays", async () => {
  const answer = delayMessages();
  const reading = openThread("a");

  putMessage(message(3));
  answer([message(1), message(2)]);
  await reading;

  expect(seqs()).toEqual([1, 2, 3]);
});

test("a page that does not reach what was known replaces it, save what came since", async () => {
  const first = delayMessages();
  const opened = openThread("a");
  first([message(1), message(2)]);
  await opened;
  const second = delayMessages();
  const again = openThread("a");

  putMessage(message(9));
  second([message(7), message(8)], true);
  await again;

  expect(seqs()).toEqual([7, 8, 9]);
  expect(threadOf(threads.get(), "a").hasMore).toBe(true);
});

test("an erased conversation's page that is still on its way is thrown away", async () => {
  const answer = delayMessages();
  const reading = openThread("a");

  forgetThreads(["a"]);
  answer([message(1)]);
  await reading;

  expect(threads.get().has("a")).toBe(false);
});
