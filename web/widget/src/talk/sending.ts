// What the visitor sends: shown at once, sent in order, repeated after a lost connection, and held
// back while the policy that the visitor has read is not the one in force.
import { createOutbox, type Failure, type Outbox, type Pending } from "@chatham/ui/outbox";
import { Problem } from "../api";
import type { Message, Started } from "../contract";
import { acceptPolicy, askPolicy, type Core, type Draft, NEW_TALK } from "../core";
import { createToken } from "../memory";

export interface Sending {
  readonly send: (draft: Omit<Draft, "conversation">) => void;
  readonly retry: (item: Pending<Draft>) => void;
  /** Takes a message that was not sent back, and gives its text. */
  readonly discard: (item: Pending<Draft>) => void;
  readonly acceptPolicy: () => void;
  /** The visitor accepted this version: what waited goes out under it. */
  readonly acceptVersion: (version: number) => void;
  /** The visitor keeps the older version: what waited goes out under that. */
  readonly keepVersion: () => void;
  /** Takes everything back that waited for the policy; its text. */
  readonly refusePolicy: () => string;
  /** Sends now what waits for a connection. */
  readonly resume: () => void;
  /** Its answer came by the stream. */
  readonly settle: (clientMsgId: string) => void;
  /** The next message begins a conversation. */
  readonly startNew: () => void;
  readonly clear: () => void;
}

/** What sending tells the rest of the widget. */
export interface SendingHooks {
  /** The visitor exists from here on: the stream can open. */
  readonly onStart: (started: Started) => void;
  readonly onSent: (message: Message) => void;
}

/** Refusals that end by themselves. */
const PASSING = ["offline", "too_many_requests", "disk_full", "unavailable"];

/** Takes up what the page before could not send. */
export function createSending(core: Core, hooks: SendingHooks): Sending {
  const saved = (core.memory.get().outbox ?? []) as readonly Pending<Draft>[];
  let pending = saved;

  /** A queue cannot know which conversation its first message begins: the next ones follow it. */
  let begun: string | null = null;

  const outbox: Outbox<Draft> = createOutbox<Draft>({
    saved,
    send,
    judge,
    onChange(items) {
      pending = items;
      core.memory.set({ outbox: items.map(follow) });
      core.set({ pending: items });
    },
  });
  if (saved.length > 0) core.set({ pending: saved });

  function follow(item: Pending<Draft>): Pending<Draft> {
    const conversation = item.payload.conversation ?? begun;
    return { ...item, payload: { ...item.payload, conversation } };
  }

  /** Sends what waited for an answer. */
  function release(): void {
    const held = pending.find((item) => item.failure?.again === "hold");
    if (held) outbox.retry(held.clientMsgId);
  }

  async function send({ payload, clientMsgId }: Pending<Draft>): Promise<void> {
    const { body, name, email } = payload;
    const { site } = core.bridge.config;
    const policy_version = core.memory.get().policy;
    const id = payload.conversation ?? begun;
    const path = id ? `/conversations/${id}/messages` : `/${site}/conversations`;
    const message = { policy_version, client_msg_id: clientMsgId, body };
    if (id) {
      const answer = await core.api.post<{ message: Message }>(path, message);
      hooks.onSent(answer.message);
      return;
    }
    const started = await core.api.post<Started>(path, {
      ...message,
      ...(name ? { name } : {}),
      ...(email ? { email } : {}),
      page_url: location.origin + location.pathname,
      page_title: document.title.replace(/^\(\d+\) /, ""),
      locale: core.bridge.locale,
      ...(core.state.age?.pass ? { age_pass: core.state.age.pass } : {}),
    });
    begun = started.conversation.id;
    hooks.onStart(started);
  }

  function judge(error: unknown): Failure {
    const problem = error instanceof Problem ? error : new Problem(0, {}, null);
    const { code } = problem;
    if (askPolicy(core, problem)) return { code, again: "hold" };
    // The answer is too old, or was given on the page before: it is asked again, then this goes out.
    if (code === "age_pass_missing") core.set({ age: null, isAgeAsked: true });
    if (PASSING.includes(code) || problem.status >= 500) {
      const waitMs = problem.retryAfterS * 1000;
      return { code, again: "later", ...(waitMs ? { waitMs } : {}) };
    }
    return { code, again: "never" };
  }

  return {
    send(draft) {
      const {
        token = core.state.age?.token ?? createToken(),
        policy = core.state.config?.policy_version,
      } = core.memory.get();
      const known = { token, ...(policy === undefined ? {} : { policy }) };
      core.memory.set(draft.email ? { ...known, hasEmail: true } : known);
      core.bridge.channel.postMessage(known);
      outbox.add({ ...draft, conversation: core.state.current });
    },
    retry(item) {
      if (item.failure?.code !== "conversation_resolved") {
        outbox.retry(item.clientMsgId);
        return;
      }
      outbox.drop(item.clientMsgId);
      this.startNew();
      this.send({ body: item.payload.body });
    },
    discard: (item) => outbox.drop(item.clientMsgId),
    acceptPolicy() {
      acceptPolicy(core);
      release();
    },
    acceptVersion(version) {
      core.memory.set({ policy: version });
      core.set({ policyChange: null });
      release();
    },
    keepVersion() {
      core.set({ policyChange: null });
      release();
    },
    refusePolicy() {
      const texts = pending.map((item) => item.payload.body);
      // From the end: what is first holds the others back until it goes itself.
      for (const item of [...pending].reverse()) outbox.drop(item.clientMsgId);
      core.set({ policyChange: null });
      return texts.join("\n\n");
    },
    resume: outbox.resume,
    settle: outbox.drop,
    startNew() {
      begun = null;
      core.set({ ...NEW_TALK });
    },
    clear() {
      begun = null;
      outbox.clear();
    },
  };
}
