// The conversations of a visitor as the server knows them, and what the stream says about them.
import { openStream, type Stream, type StreamEvent } from "@chatham/ui/stream";
import { Problem } from "../api";
import type { Conversation, Conversations, Message, Messages } from "../contract";
import { type Core, EMPTY, findCurrent } from "../core";

export interface Talk {
  /** Opens the stream and fetches what there is; only with a token. */
  readonly connect: () => void;
  readonly pick: (id: string) => Promise<void>;
  readonly loadOlder: () => Promise<void>;
  readonly addMessage: (message: Message) => void;
  readonly addConversation: (conversation: Conversation) => void;
  /** Says that the visitor sees the conversation now, if so. */
  readonly look: () => void;
  readonly typing: () => void;
  /** Forgets the visitor on this page and in this browser. */
  readonly forget: (isErased: boolean) => void;
  readonly close: () => void;
}

export interface TalkHooks {
  readonly onHello: () => void;
  readonly onSettled: (clientMsgId: string) => void;
  readonly onForget: () => void;
}

const PAGE_MESSAGES = 50;
const TYPING_SHOWN_MS = 5000;
const TYPING_EVERY_MS = 3000;
const TOLD_AFTER_MS = 300;

/** Nothing is asked of the server before `connect`. */
export function createTalk(core: Core, hooks: TalkHooks): Talk {
  let stream: Stream | undefined;
  let isGreeted = false;
  let typingTimer: ReturnType<typeof setTimeout> | undefined;
  let typedAt = 0;
  let asked = 0;
  /** Conversations that the stream or an act here spoke of since `refetch` last asked. */
  const fresh = new Set<string>();
  const newest = new Map<string, number>();
  const told = new Map<string, { seq: number; timer: ReturnType<typeof setTimeout> }>();

  function merge(messages: readonly Message[], more: readonly Message[]): Message[] {
    const bySeq = new Map([...messages, ...more].map((it) => [it.seq, it]));
    return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  }

  function patch(id: string, change: Partial<Conversation>): void {
    fresh.add(id);
    core.set({
      conversations: core.state.conversations.map((it) =>
        it.id === id ? { ...it, ...change } : it,
      ),
    });
  }

  function isSeen(id: string): boolean {
    const { isOpen, view, current } = core.state;
    return isOpen && view === "talk" && current === id && !document.hidden;
  }

  /** Tells the server how far messages have come here, once for a burst. */
  function tell(what: "read" | "delivered", id: string, seq: number): void {
    const path = `/conversations/${id}/${what}`;
    const waiting = told.get(path);
    clearTimeout(waiting?.timer);
    const most = Math.max(seq, waiting?.seq ?? 0);
    const timer = setTimeout(() => {
      told.delete(path);
      core.api.post(path, { seq: most }).catch(() => undefined);
    }, TOLD_AFTER_MS);
    told.set(path, { seq: most, timer });
  }

  function look(): void {
    const conversation = findCurrent(core.state);
    if (!conversation || conversation.unread === 0 || !isSeen(conversation.id)) return;
    const { id, last_seq } = conversation;
    tell("read", id, last_seq);
    patch(id, { unread: 0, visitor_read_seq: last_seq });
  }

  function addConversation(conversation: Conversation): void {
    fresh.add(conversation.id);
    const rest = core.state.conversations.filter((it) => it.id !== conversation.id);
    const all = [conversation, ...rest].sort((a, b) => b.last_message_at - a.last_message_at);
    core.set({ conversations: all });
    look();
  }

  /** Whether it is the newest heard of its conversation; each is once. */
  function isNews(id: string, seq: number): boolean {
    const isNew = seq > (newest.get(id) ?? 0);
    if (isNew) newest.set(id, seq);
    return isNew;
  }

  function addMessage(message: Message): void {
    const { conversation_id: id, seq, author, client_msg_id: clientMsgId } = message;
    const { conversations, current, messages, isMuted } = core.state;
    const conversation = conversations.find((it) => it.id === id);
    const isTheirs = author.kind === "agent";
    const isNew = isNews(id, seq);
    if (current === id) core.set({ messages: merge(messages, [message]) });
    if (clientMsgId) hooks.onSettled(clientMsgId);
    // The conversation's own news may have come first, and count it already.
    if (conversation && seq > conversation.last_seq) {
      const unread = conversation.unread + (isTheirs ? 1 : 0);
      patch(id, { last_seq: seq, last_message_at: message.created_at, unread });
    }
    if (!isTheirs || !isNew) return;
    if (current === id) core.set({ typing: null });
    if (stream?.isHolder()) tell("delivered", id, seq);
    if (!isSeen(id) && !isMuted) core.attention.ring();
    core.bridge.emit("message", { conversation_id: id, seq });
    look();
  }

  async function loadMessages(id: string): Promise<void> {
    const path = `/conversations/${id}/messages?limit=${PAGE_MESSAGES}`;
    const page = await core.api.get<Messages>(path);
    if (core.state.current !== id) return;
    const lastSeq = page.messages.at(-1)?.seq ?? 0;
    // What the stream told while the page was on its way is newer than the page.
    const newer = core.state.messages.filter((it) => it.conversation_id === id && it.seq > lastSeq);
    const messages = merge(page.messages, newer);
    core.set({ messages, hasOlder: page.has_more, isLoaded: true });
    isNews(id, lastSeq);
    for (const { client_msg_id: clientMsgId } of page.messages) {
      if (clientMsgId) hooks.onSettled(clientMsgId);
    }
    look();
  }

  async function refetch(): Promise<void> {
    asked += 1;
    const mine = asked;
    fresh.clear();
    try {
      const fetched = (await core.api.get<Conversations>("/conversations")).conversations;
      if (mine !== asked) return;
      // What was told meanwhile is newer than the answer.
      const told = core.state.conversations.filter(({ id }) => fresh.has(id));
      const isTold = ({ id }: Conversation) => told.some((it) => it.id === id);
      const conversations = [...told, ...fetched.filter((it) => !isTold(it))];
      conversations.sort((a, b) => b.last_message_at - a.last_message_at);
      const kept = conversations.find((it) => it.id === core.state.current);
      const open = conversations.find((it) => it.state !== "resolved");
      const shown = kept ?? open ?? conversations[0];
      core.set({ conversations });
      if (!shown) return;
      // While a first message is on its way, what begins with it is what is shown.
      if (!kept && core.state.pending.length > 0 && !open) return;
      if (core.state.current !== shown.id) core.set({ current: shown.id, isLoaded: false });
      if (shown.unread > 0) tell("delivered", shown.id, shown.last_seq);
      await loadMessages(shown.id);
    } catch (error) {
      if (!(error instanceof Problem)) return;
      if (error.code === "record_frozen") freeze();
      else if (error.status === 401) forget(false);
    }
  }

  function setAvailability(availability: string): void {
    const { config } = core.state;
    if (!config || config.availability === availability) return;
    core.set({ config: { ...config, availability } });
    core.bridge.emit("availability", { availability });
  }

  function showTyping(id: string, name: string): void {
    if (id !== core.state.current) return;
    core.set({ typing: name });
    clearTimeout(typingTimer);
    typingTimer = setTimeout(() => core.set({ typing: null }), TYPING_SHOWN_MS);
  }

  function forget(isErased: boolean): void {
    stream?.close();
    stream = undefined;
    isGreeted = false;
    // An answer that is still on its way is nobody's now.
    asked += 1;
    for (const { timer } of told.values()) clearTimeout(timer);
    told.clear();
    newest.clear();
    core.memory.forget();
    hooks.onForget();
    const { isOpen, config, isMuted, receipt, view } = core.state;
    core.set({ ...EMPTY, isOpen, config, isMuted, receipt, view, isErased });
  }

  /** It is a minor's: nothing of it is shown here any more. */
  function freeze(): void {
    forget(false);
    core.set({ notice: core.t("error.record_frozen") });
  }

  const heard: Record<string, (data: Record<string, unknown>) => void> = {
    hello({ availability }) {
      if (typeof availability === "string") setAvailability(availability);
      if (!isGreeted) void refetch();
      isGreeted = true;
      hooks.onHello();
    },
    gap: () => void refetch(),
    "message.created": (data) => addMessage(data.message as Message),
    "conversation.updated": (data) => addConversation(data.conversation as Conversation),
    "conversation.created"(data) {
      const conversation = data.conversation as Conversation;
      addConversation(conversation);
      // Begun in another tab: shown here too, unless something else is.
      if (core.state.current === null && core.state.pending.length === 0)
        void pick(conversation.id);
    },
    "conversation.read"(data) {
      const id = String(data.conversation_id);
      const read = Number(data.read_seq ?? 0);
      const delivered = Number(data.delivered_seq ?? read);
      if (data.reader === "visitor") {
        const seen = core.state.conversations.find((it) => it.id === id);
        if (seen && read >= seen.last_seq) patch(id, { unread: 0, visitor_read_seq: read });
        return;
      }
      patch(id, { agent_read_seq: read, agent_delivered_seq: Math.max(read, delivered) });
    },
    typing(data) {
      const author = data.author as Message["author"] | undefined;
      if (author?.kind !== "agent") return;
      showTyping(String(data.conversation_id), author.name ?? core.state.config?.name ?? "");
    },
    "availability.changed": ({ availability }) => setAvailability(String(availability)),
    "person.erased": () => forget(true),
    "person.frozen": freeze,
  };

  async function pick(id: string): Promise<void> {
    core.set({ ...PICKED, current: id });
    await loadMessages(id).catch(() => core.set({ isLoaded: true }));
  }

  return {
    connect() {
      const { token } = core.memory.get();
      if (stream || !token) return;
      const { base } = core.bridge.config;
      stream = openStream({
        base,
        token,
        // The end of the secret keeps the tabs of two visitors apart; names stay in this origin.
        share: `${core.bridge.key}:${token.slice(-6)}`,
        onEvent: ({ event, data }: StreamEvent) => heard[event]?.(data),
        onState(state) {
          core.set({ stream: state });
          if (state === "ended") void refetch();
        },
      });
    },
    pick,
    async loadOlder() {
      const { current, messages } = core.state;
      const first = messages[0];
      if (!current || !first) return;
      const query = `before_seq=${first.seq}&limit=${PAGE_MESSAGES}`;
      const path = `/conversations/${current}/messages?${query}`;
      const page = await core.api.get<Messages>(path);
      if (core.state.current !== current) return;
      core.set({ messages: merge(page.messages, core.state.messages), hasOlder: page.has_more });
    },
    addMessage,
    addConversation,
    look,
    typing() {
      const now = Date.now();
      const conversation = findCurrent(core.state);
      if (conversation?.state === "resolved" || now - typedAt < TYPING_EVERY_MS) return;
      if (!conversation) return;
      typedAt = now;
      core.api.post(`/conversations/${conversation.id}/typing`, {}).catch(() => undefined);
    },
    forget,
    close() {
      clearTimeout(typingTimer);
      stream?.close();
    },
  };
}

const PICKED = {
  view: "talk",
  messages: [],
  hasOlder: false,
  isLoaded: false,
  typing: null,
} as const;
