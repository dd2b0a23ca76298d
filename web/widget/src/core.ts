// The widget's one state, and what every feature of it works with.
import type { NoticeView } from "@chatham/client/api.gen";
import type { Bridge } from "@chatham/ui/bridge";
import type { Translate } from "@chatham/ui/i18n";
import type { Pending } from "@chatham/ui/outbox";
import type { StreamState } from "@chatham/ui/stream";
import { type Api, Problem } from "./api";
import type { Attention } from "./attention";
import type { Conversation, Message, Receipt, SiteConfig, Visitor } from "./contract";
import type en from "./i18n/en.json";
import type { Memory } from "./memory";

export type Key = keyof typeof en;

/** A message that waits to be taken by the server. */
export interface Draft {
  readonly body: string;
  readonly name?: string;
  readonly email?: string;
  /** The conversation it goes to; null begins one. */
  readonly conversation: string | null;
}

/** The policy changed since the visitor's page was loaded: nothing is sent before a yes. */
interface PolicyChange {
  readonly version: string;
  readonly url: string;
}

export interface State {
  readonly isOpen: boolean;
  /** `end` asks, above the composer, whether to end the conversation. */
  readonly view: "talk" | "end" | "past" | "held";
  readonly config: SiteConfig | null;
  /** The code of the problem that kept the panel from loading. */
  readonly configProblem: string | null;
  readonly conversations: readonly Conversation[];
  /** The conversation on screen; null for one that has not begun. */
  readonly current: string | null;
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
  /** Whether the messages on screen are all there, so that new ones may be announced. */
  readonly isLoaded: boolean;
  readonly pending: readonly Pending<Draft>[];
  readonly policyChange: PolicyChange | null;
  /** A version of the policy that the visitor is told of. */
  readonly news: NoticeView | null;
  /** Whether the visitor closed the word that what they wrote counted. */
  readonly isNewsSeen: boolean;
  readonly typing: string | null;
  readonly stream: StreamState;
  readonly visitor: Visitor | null;
  readonly isMuted: boolean;
  readonly isRemembered: boolean;
  /** Whether the visitor was asked to be remembered and said no, on this page. */
  readonly isRememberAnswered: boolean;
  /** A sentence for the status line and the screen reader. */
  readonly notice: string;
  /** The proof of the erasure that just took place. */
  readonly receipt: Receipt | null;
  readonly isErased: boolean;
  /** The answer to the question of age, on this page only: the secret it is for, and what proves it. */
  readonly age: { readonly token: string; readonly pass: string } | null;
  /** It is asked now: the visitor wrote, or the server wants it before it takes what was written. */
  readonly isAgeAsked: boolean;
  /** What goes out with a good answer. */
  readonly ageDraft: Omit<Draft, "conversation"> | null;
}

export interface Core {
  readonly state: State;
  readonly set: (change: Partial<State>) => void;
  readonly api: Api;
  readonly memory: Memory;
  readonly attention: Attention;
  readonly bridge: Bridge;
  readonly locale: string;
  readonly t: Translate<Key>;
}

/** The state before anything is known. */
export const EMPTY: State = {
  isOpen: false,
  view: "talk",
  config: null,
  configProblem: null,
  conversations: [],
  current: null,
  messages: [],
  hasOlder: false,
  isLoaded: true,
  pending: [],
  policyChange: null,
  news: null,
  isNewsSeen: false,
  typing: null,
  stream: "connecting",
  visitor: null,
  isMuted: false,
  isRemembered: false,
  isRememberAnswered: false,
  notice: "",
  receipt: null,
  isErased: false,
  age: null,
  isAgeAsked: false,
  ageDraft: null,
};

/** A conversation that has not begun. */
export const NEW_TALK = {
  view: "talk",
  current: null,
  messages: [],
  hasOlder: false,
  isLoaded: true,
  typing: null,
} as const;

/** The version that the visitor has seen: what was sent under, else what this page shows. */
export function getPolicyVersion({ memory, state }: Core): number | string | undefined {
  return memory.get().policy ?? state.config?.policy_version;
}

/** Whether the problem is that another version is in force; then the visitor is asked. */
export function askPolicy(core: Core, problem: Problem): boolean {
  if (problem.code !== "policy_version_old" && problem.code !== "policy_version_missing") {
    return false;
  }
  const { config } = core.state;
  core.set({
    policyChange: {
      version: problem.policyVersion || String(config?.policy_version ?? ""),
      url: problem.policyUrl || (config?.policy_url ?? ""),
    },
  });
  return true;
}

/** The visitor said yes to the version in force. */
export function acceptPolicy(core: Core): void {
  const { version } = core.state.policyChange ?? {};
  // The version keeps the type in which the server writes it.
  const isNumber = typeof core.state.config?.policy_version === "number";
  if (version) core.memory.set({ policy: isNumber ? Number(version) : version });
  core.set({ policyChange: null });
}

/** Runs an act of the visitor; a refusal becomes words, and `undefined`. */
export async function attempt<T>(core: Core, act: () => Promise<T>): Promise<T | undefined> {
  core.set({ notice: "" });
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (!askPolicy(core, error)) {
      core.set({ notice: sayProblem(core.t, error.code, error.retryAfterS) });
    }
    return undefined;
  }
}

/** What the site says first while it is as it is now. */
export function greetingOf({ availability, greetings }: SiteConfig): string {
  return greetings[availability as keyof typeof greetings] ?? greetings.offline;
}

/** The conversation on screen, if it has begun. */
export function findCurrent(state: State): Conversation | undefined {
  return state.conversations.find((it) => it.id === state.current);
}

/** What a problem's code means, in words. */
export function sayProblem(t: Translate<Key>, code: string, seconds = 0): string {
  const key = `error.${code}`;
  const params = { n: Math.max(1, Math.ceil(seconds)) };
  return t(isProblemKey(key) ? key : "error.other", params);
}

const PROBLEM_KEYS = [
  "error.offline",
  "error.too_many_requests",
  "error.blocked",
  "error.person_restricted",
  "error.record_frozen",
  "error.invalid_body",
  "error.payload_too_large",
  "error.disk_full",
  "error.unavailable",
  "error.origin_not_allowed",
  "error.conversation_resolved",
  "error.too_many_open_conversations",
] as const satisfies readonly Key[];

function isProblemKey(key: string): key is (typeof PROBLEM_KEYS)[number] {
  return (PROBLEM_KEYS as readonly string[]).includes(key);
}
