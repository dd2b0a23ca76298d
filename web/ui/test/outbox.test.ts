import { beforeEach, expect, test, vi } from "vitest";
import { createOutbox, createUuid, type Failure, type Pending } from "../src/outbox";

let sent: string[] = [];
let answers: (Failure | "ok")[] = [];
let shown: readonly Pending<string>[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  answers = [];
  shown = [];
});

function open(saved: readonly Pending<string>[] = []) {
  return createOutbox<string>({
    saved,
    async send(item) {
      sent.push(item.payload);
      const answer = answers.shift() ?? "ok";
      if (answer !== "ok") throw answer;
    },
    judge: (error) => error as Failure,
    onChange: (items) => {
      shown = items;
    },
  });
}

test("messages go one after the other, in the order of writing", async () => {
  const outbox = open();
  outbox.add("one");
  outbox.add("two");

  await vi.advanceTimersByTimeAsync(0);

  expect(sent).toEqual(["one", "two"]);
  expect(shown).toEqual([]);
});

test("without a connection nothing overtakes, and all go once it is back", async () => {
  answers = [{ code: "offline", again: "later" }];
  const outbox = open();
  outbox.add("one");
  outbox.add("two");
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual(["one"]);
  expect(shown.map((it) => it.failure?.code)).toEqual(["offline", undefined]);

  outbox.resume();
  await vi.advanceTimersByTimeAsync(0);

  expect(sent).toEqual(["one", "one", "two"]);
  expect(shown).toEqual([]);
});

test("a rate limit is waited out to its end", async () => {
  answers = [{ code: "too_many_requests", again: "later", waitMs: 7000 }];
  const outbox = open();
  outbox.add("one");

  await vi.advanceTimersByTimeAsync(6900);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);

  expect(sent).toHaveLength(2);
});

test("a refused message stays in place and lets the next ones pass", async () => {
  answers = [{ code: "blocked", again: "never" }];
  const outbox = open();
  const first = outbox.add("one");
  outbox.add("two");
  await vi.advanceTimersByTimeAsync(0);

  expect(sent).toEqual(["one", "two"]);
  expect(shown.map((it) => it.payload)).toEqual(["one"]);
  outbox.retry(first);
  await vi.advanceTimersByTimeAsync(0);
  expect(shown).toEqual([]);
});

test("a held message holds what comes after it, until it is dropped", async () => {
  answers = [{ code: "policy_version_old", again: "hold" }];
  const outbox = open();
  const first = outbox.add("one");
  outbox.add("two");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent).toEqual(["one"]);

  outbox.drop(first);
  await vi.advanceTimersByTimeAsync(0);

  expect(sent).toEqual(["one", "two"]);
});

test("what the page before left is sent with the same ids", async () => {
  const ids: string[] = [];
  const saved = [{ clientMsgId: "a", payload: "one", createdAt: 1 }];
  const outbox = createOutbox<string>({
    saved,
    send: async (item) => void ids.push(item.clientMsgId),
    judge: () => ({ code: "other", again: "never" }),
    onChange: () => undefined,
  });

  outbox.resume();
  await vi.advanceTimersByTimeAsync(0);

  expect(ids).toEqual(["a"]);
});

test("an id is a random UUID of version 4", () => {
  expect(createUuid()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(createUuid()).not.toBe(createUuid());
});
