// @vitest-environment jsdom
// What the stream says while an answer is on its way: the answer is older, and undoes nothing.
import type { StreamEvent } from "@chatham/ui/stream";
import { expect, test, vi } from "vitest";
import type { Conversation, Message } from "../src/contract";
import { type Core, EMPTY, type State } from "../src/core";
import { createTalk } from "../src/talk/talk";

const stream = vi.hoisted(() => ({ say: (_: StreamEvent) => {} }));
vi.mock("@chatham/ui/stream", () => ({
  openStream: (options: { onEvent: (event: StreamEvent) => void }) => {
    stream.say = options.onEvent;
    return { isHolder: () => true, close: () => undefined };
  },
}));

function say(event: string, data: Record<string, unknown> = {}): void {
  stream.say({ id: 1, event, data });
}

function conversation(id: string, more: Partial<Conversation> = {}): Conversation {
  return { id, state: "open", last_seq: 1, last_message_at: 1, unread: 0, ...more } as Conversation;
}

function message(seq: number): Message {
  const author = { kind: "agent", id: "x" };
  return { conversation_id: "a", seq, kind: "message", author, created_at: seq } as Message;
}

/** A talk whose answers come when the test says so, by the path asked for. */
function begin() {
  const waiting = new Map<string, (answer: unknown) => void>();
  const core = {
    state: { ...EMPTY } as State,
    set(change: Partial<State>) {
      this.state = { ...this.state, ...change };
    },
    api: {
      get: (path: string) =>
        new Promise((resolve) => waiting.set(path.split("?")[0] ?? "", resolve)),
      post: () => Promise.resolve(),
    },
    memory: { get: () => ({ token: "token" }), set() {}, forget() {} },
    bridge: { config: { base: "" }, key: "key", emit() {} },
    attention: { ring() {} },
  };
  const hooks = { onHello() {}, onSettled() {}, onForget() {} };
  const talk = createTalk(core as unknown as Core, hooks);
  talk.connect();
  return {
    core,
    talk,
    /** Answers what was asked at this path, and lets the widget act on it. */
    async answer(path: string, body: unknown): Promise<void> {
      waiting.get(path)?.(body);
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

const ids = (core: { state: State }) => core.state.conversations.map((it) => it.id);

test("a conversation begun while the list is read stays", async () => {
  const { core, answer } = begin();
  say("hello");

  say("conversation.created", { conversation: conversation("new", { last_message_at: 9 }) });
  await answer("/conversations", { conversations: [conversation("old")] });

  expect(ids(core)).toEqual(["new", "old"]);
});

test("what the stream says of a conversation is newer than the list asked for before", async () => {
  const { core, answer } = begin();
  say("hello");

  say("conversation.updated", { conversation: conversation("a", { state: "resolved" }) });
  await answer("/conversations", { conversations: [conversation("a")] });

  expect(core.state.conversations[0]?.state).toBe("resolved");
});

test("a message that comes while the page is read stays, each once and in order", async () => {
  const { core, answer } = begin();
  say("hello");
  await answer("/conversations", { conversations: [conversation("a")] });

  say("message.created", { message: message(3) });
  await answer("/conversations/a/messages", {
    messages: [message(1), message(2)],
    has_more: false,
  });

  expect(core.state.messages.map((it) => it.seq)).toEqual([1, 2, 3]);
});

test("nothing comes back after the visitor was forgotten", async () => {
  const { core, talk, answer } = begin();
  say("hello");

  talk.forget(true);
  await answer("/conversations", { conversations: [conversation("a")] });

  expect(ids(core)).toEqual([]);
});
