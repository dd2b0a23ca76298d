// The conversations this browser knows, and the list that is on the screen.
import {
  api,
  type Conversation,
  type ConversationState,
  type Counts,
  type InboxView,
  type Message,
} from "@chatham/client";
import { createStore } from "../core/store";
import { getMe } from "../session/state";
import { afterMessage, compareForInbox, isListed } from "./order";

export interface Listing {
  view: InboxView;
  state: ConversationState;
  ids: readonly string[];
  cursor: string | null;
  counts: Counts;
  status: "loading" | "ready" | "more";
  error: unknown;
}

const PAGE_LENGTH = 50;
const COUNTS_DELAY_MS = 700;

export const conversations = createStore<ReadonlyMap<string, Conversation>>(new Map());
export const listing = createStore<Listing>({
  view: "all",
  state: "open",
  ids: [],
  cursor: null,
  counts: { mine: 0, unassigned: 0, all: 0 },
  status: "loading",
  error: undefined,
});
/** Conversations waiting for an answer of mine or of nobody's: the number in the title. */
export const unreadTotal = createStore(0);

let asked = 0;

/**
 * When each conversation was last spoken of by the stream or by an act here. An answer of the server that was
 * asked for before then is older, and does not undo it.
 */
const toldAt = new Map<string, number>();
let tellings = 0;

function tell(ids: Iterable<string>): void {
  tellings += 1;
  for (const id of ids) toldAt.set(id, tellings);
}

function isTold(id: string, since: number): boolean {
  return (toldAt.get(id) ?? 0) > since;
}

export async function openListing(view: InboxView, state: ConversationState): Promise<void> {
  const before = listing.get();
  const isSame = before.view === view && before.state === state;
  if (!isSame || before.error !== undefined) {
    listing.update((now) => ({
      ...now,
      view,
      state,
      ids: isSame ? now.ids : [],
      status: "loading",
      error: undefined,
    }));
  }
  await readListing();
}

/** Reads the first page of the list anew, as after a gap in the stream. */
export async function readListing(): Promise<void> {
  asked += 1;
  const mine = asked;
  const since = tellings;
  const { view, state } = listing.get();
  try {
    const page = await api.conversations.list(view, state, null, PAGE_LENGTH);
    if (mine !== asked) return;
    const read = rememberOlder(page.conversations, since);
    listing.update((now) => ({
      ...now,
      ids: sortIds([...read, ...now.ids.filter((id) => isTold(id, since))]),
      cursor: page.next_cursor ?? null,
      counts: page.counts,
      status: "ready",
      error: undefined,
    }));
    countUnread();
  } catch (error) {
    if (mine === asked) listing.update((now) => ({ ...now, status: "ready", error }));
  }
}

export async function readMore(): Promise<void> {
  const { view, state, cursor, status } = listing.get();
  if (cursor === null || status !== "ready") return;
  const mine = asked;
  const since = tellings;
  listing.update((now) => ({ ...now, status: "more" }));
  try {
    const page = await api.conversations.list(view, state, cursor, PAGE_LENGTH);
    if (mine !== asked) return;
    const read = rememberOlder(page.conversations, since);
    listing.update((now) => ({
      ...now,
      ids: sortIds([...new Set([...now.ids, ...read])]),
      cursor: page.next_cursor ?? null,
      status: "ready",
    }));
  } catch (error) {
    if (mine === asked) listing.update((now) => ({ ...now, status: "ready", error }));
  }
}

function remember(list: readonly Conversation[]): void {
  conversations.update((now) => {
    const next = new Map(now);
    for (const one of list) next.set(one.id, one);
    return next;
  });
}

/** Takes in what an answer says of conversations, save those told of since it was asked for; the ids taken. */
function rememberOlder(list: readonly Conversation[], since: number): string[] {
  const untold = list.filter((one) => !isTold(one.id, since));
  remember(untold);
  return untold.map((one) => one.id);
}

export function markRead(id: string): void {
  patchConversation(id, { unread: 0 });
}

/** A message changes what its conversation shows in the list; one that is not known yet is read. */
export function followMessage(message: Message): void {
  const id = message.conversation_id;
  const known = conversations.get().get(id);
  if (!known)
    void findConversation(id).then(
      () => patchConversation(id, {}),
      () => undefined,
    );
  else if (message.seq > known.last_seq) putConversation(afterMessage(known, message));
}

/** Takes in a conversation as the server sees it now, and moves it in the list or out of it. */
export function putConversation(conversation: Conversation): void {
  tell([conversation.id]);
  remember([conversation]);
  listing.update((now) => {
    const belongs = isListed(conversation, now.view, now.state, getMe()?.id);
    const rest = now.ids.filter((id) => id !== conversation.id);
    return { ...now, ids: belongs ? sortIds([...rest, conversation.id]) : rest };
  });
  countUnread();
  refreshCounts();
}

/** Changes what this browser knows at once; the server's own view follows by the stream. */
export function patchConversation(id: string, change: Partial<Conversation>): void {
  const known = conversations.get().get(id);
  if (known) putConversation({ ...known, ...change });
}

export function forgetConversations(ids: readonly string[]): void {
  const gone = new Set(ids);
  tell(gone);
  conversations.update((now) => new Map([...now].filter(([id]) => !gone.has(id))));
  listing.update((now) => ({ ...now, ids: now.ids.filter((id) => !gone.has(id)) }));
  countUnread();
  refreshCounts();
}

export async function findConversation(id: string, how: "once" | "again" = "once"): Promise<void> {
  if (how === "once" && conversations.get().has(id)) return;
  const since = tellings;
  const { conversation } = await api.conversations.get(id);
  rememberOlder([conversation], since);
}

function sortIds(ids: readonly string[]): string[] {
  const known = conversations.get();
  return ids
    .map((id) => known.get(id))
    .filter((one) => one !== undefined)
    .sort(compareForInbox)
    .map((one) => one.id);
}

function countUnread(): void {
  const me = getMe()?.id;
  let total = 0;
  for (const one of conversations.get().values()) {
    const concernsMe = one.assignee_id === me || !one.assignee_id;
    if (one.state === "open" && concernsMe && one.unread > 0) total += 1;
  }
  unreadTotal.set(total);
}

let countsTimer: ReturnType<typeof setTimeout> | undefined;

/** The counts of the rail come from the server; many changes at once ask once. */
function refreshCounts(): void {
  if (countsTimer !== undefined) return;
  countsTimer = setTimeout(async () => {
    countsTimer = undefined;
    const { view, state } = listing.get();
    try {
      const page = await api.conversations.list(view, state, null, 1);
      if (listing.get().state === state) listing.update((now) => ({ ...now, counts: page.counts }));
    } catch {
      // The next change asks again; a stale count does no harm.
    }
  }, COUNTS_DELAY_MS);
}
