import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openStream, type Stream, type StreamEvent, type StreamState } from "../src/stream";
import { createSseReader } from "../src/transport";

class FakeSocket {
  static readonly CONNECTING = 0;
  static all: FakeSocket[] = [];
  readyState = 1;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: URL) {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
  say(event: string, data: object = {}, id?: number): void {
    this.onmessage?.({ data: JSON.stringify({ id, event, data }) });
  }
}

let heard: StreamEvent[] = [];
let states: StreamState[] = [];
let stream: Stream | undefined;
const last = (): FakeSocket => FakeSocket.all.at(-1) as FakeSocket;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("location", { href: "https://shop.example/" });
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
  FakeSocket.all = [];
  heard = [];
  states = [];
});
afterEach(() => {
  stream?.close();
  vi.unstubAllGlobals();
});

function open(): void {
  stream = openStream({
    base: "https://chat.example",
    token: "secret",
    share: "",
    onEvent: (event) => heard.push(event),
    onState: (state) => states.push(state),
  });
}

test("the secret goes in the first frame and never into the address", () => {
  open();
  last().onopen?.();

  expect(String(last().url)).toBe("wss://chat.example/api/stream");
  expect(last().sent).toEqual([
    JSON.stringify({ auth: "visitor", token: "secret", last_id: null }),
  ]);
});

test("after a cut it resumes with the last id and hears nothing twice", async () => {
  open();
  last().say("hello", { last_id: 4 });
  last().say("message.created", {}, 5);
  last().say("typing");
  last().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(600);
  last().onopen?.();
  last().say("hello", { last_id: 6 });
  last().say("message.created", {}, 5);
  last().say("message.created", {}, 6);

  expect(FakeSocket.all).toHaveLength(2);
  expect(JSON.parse(last().sent[0] ?? "{}").last_id).toBe(5);
  expect(heard.map((it) => it.id)).toEqual([null, 5, null, null, 6]);
  expect(states).toEqual(["open", "connecting", "open"]);
});

test("a gap moves on to where the server is", () => {
  open();
  last().say("hello", { last_id: 4 });
  last().say("message.created", {}, 5);
  last().say("hello", { last_id: 90 });
  last().say("gap");
  last().say("message.created", {}, 90);
  last().say("message.created", {}, 91);

  expect(heard.map((it) => it.event)).toEqual([
    "hello",
    "message.created",
    "hello",
    "gap",
    "message.created",
  ]);
});

test("a refusal is the end", async () => {
  open();
  last().onclose?.({ code: 4401 });
  await vi.advanceTimersByTimeAsync(120_000);

  expect(states).toEqual(["ended"]);
  expect(FakeSocket.all).toHaveLength(1);
});

test("where WebSocket fails, server-sent events take over at once, with the secret in a header", async () => {
  const fetched = vi.fn(
    (_url: string, _init: RequestInit) => new Promise<Response>(() => undefined),
  );
  vi.stubGlobal("fetch", fetched);
  open();
  last().onerror?.();
  await vi.advanceTimersByTimeAsync(1);

  expect(fetched).toHaveBeenCalledTimes(1);
  const [url, init] = fetched.mock.calls[0] ?? [];
  expect(url).toBe("https://chat.example/api/stream/sse");
  expect(init?.headers).toMatchObject({ authorization: "Bearer secret" });
});

test("a constructor that throws is a failure like any other", async () => {
  const fetched = vi.fn((_url: string) => new Promise<Response>(() => undefined));
  vi.stubGlobal("fetch", fetched);
  vi.stubGlobal("WebSocket", () => {
    throw new Error("forbidden by the page");
  });
  open();
  await vi.advanceTimersByTimeAsync(1);

  expect(fetched).toHaveBeenCalledTimes(1);
});

test("after a drop it waits a part of the first step, which chance chooses", async () => {
  open();
  last().say("hello", { last_id: 0 });
  const times: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    const before = FakeSocket.all.length;
    const from = Date.now();
    last().onclose?.({ code: 1006 });
    while (FakeSocket.all.length === before) await vi.advanceTimersByTimeAsync(10);
    last().say("hello", { last_id: 0 });
    times.push(Date.now() - from);
  }

  expect(Math.max(...times)).toBeLessThanOrEqual(510);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(250);
});

test("server-sent events are read whatever the pieces in which they come", () => {
  const events: StreamEvent[] = [];
  const read = createSseReader((event) => events.push(event));
  const text =
    'id: 7\nevent: message.created\ndata: {"a":\ndata: 1}\n\n: heartbeat\n\nevent: typing\r\ndata: {}\r\n\r\n';

  for (const part of text.match(/[\s\S]{1,3}/g) ?? []) read(part);

  expect(events).toEqual([
    { id: 7, event: "message.created", data: { a: 1 } },
    { id: null, event: "typing", data: {} },
  ]);
});
