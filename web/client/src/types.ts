// The shapes of the console's answers, from the server's own description. The description says `string`
// where the server has a closed list of words; those lists stand here, and nothing else is written by hand
// but the parts of the policy file, which the description leaves open.
import type * as G from "./api.gen";

type With<Base, Narrower> = Omit<Base, keyof Narrower> & Narrower;

export type Micros = number;
export type Role = "owner" | "admin" | "agent" | "analyst" | "marketer" | "privacy_officer";
export type Availability = "online" | "away";
export type ConversationState = "open" | "snoozed" | "resolved";
export type InboxView = "mine" | "unassigned" | "all";
export type MessageKind = "message" | "note" | "system";
export type AuthorKind = "visitor" | "agent" | "system";

interface Standing {
  role: Role;
  availability: Availability;
}

export type Agent = With<G.AgentView, Standing & { state: "active" | "invited" | "disabled" }>;
export type Session = With<G.SessionView, { agent: With<G.OwnView, Standing> }>;
export type SessionRow = G.SessionEntry;

interface MessageWords {
  kind: MessageKind;
  author_kind: AuthorKind;
}

export type Conversation = With<
  G.ConversationView,
  { state: ConversationState; last_message?: With<G.LastMessageView, MessageWords> | null }
>;
export type ConversationPage = With<G.InboxPageView, { conversations: Conversation[] }>;
export type Counts = G.InboxCountsView;
export type Message = With<
  G.MessageView,
  { kind: MessageKind; author: With<G.AuthorView, { kind: AuthorKind }> }
>;
export type IncidentScope = "period" | "agent" | "copy" | "keys";
export type DrillRun = G.DrillView;
export type DrillStep = G.DrillStep;
export type Incident = With<G.IncidentView, { kind: "drill" | "real"; scope: IncidentScope }>;
export type IncidentBody = With<G.IncidentBody, Pick<Incident, "kind" | "scope">>;
export type AffectedPage = G.AffectedPageView;
export type Choice = G.ConsentRecordView;
export type ConsentPage = G.ConsentPageView;
export type Ground =
  | "terms-or-illegal"
  | "court-or-government"
  | "protect-rights-safety"
  | "emergency";
type DisclosureScope = "conversation" | "person";
export type Disclosure = With<
  G.DisclosureView,
  {
    scope: DisclosureScope;
    state: "open" | "released" | "refused" | "cancelled" | "lapsed" | "erased";
  }
>;
export type DisclosureBody = With<
  G.DisclosureBody,
  { ground: Ground; scope: DisclosureScope; second_ground?: Ground }
>;
export type DisclosureStep = "approve" | "release" | "review" | "close";
export type Hold = G.HoldView;
export type ReadingPage = G.ReadingPageView;
export type PurgeRuns = G.PurgeRunsView;
export type Child = With<G.ChildView, { next: "ask_parent" | "wait_for_parent" }>;
export type MessagePage = With<G.MessagesView, { messages: Message[] }>;

export type HeldItem = G.HeldItem;
export type Reader = G.HeldReader;
export type Person = G.HeldPerson;
/** A signed receipt. Its fields belong to the ledger; the console shows and saves it as it is. */
export type Receipt = G.ErasureView["receipt"];

export type RequestKind =
  | "access"
  | "correct"
  | "export"
  | "restrict"
  | "object"
  | "opt_out"
  | "erase";
export type RequestState = "open" | "done" | "withdrawn";
export type RequestProof = "document" | "call_back" | "loop";
export type ExtensionReason = "complex" | "many";
export type RequestStep = G.RequestStepView;
export type Request = With<
  G.RequestView,
  {
    kind: RequestKind;
    state: RequestState;
    way: "centre" | "mail" | "post" | "telephone" | "spoken";
  }
>;
export type RequestPage = With<G.RequestPageView, { requests: Request[] }>;
export type RequestBody = With<G.RequestBody, { kind: RequestKind }>;

export type CannedReply = G.CannedReplyView;
export type Webhook = G.WebhookView;
export type Webhooks = G.WebhooksView;
export type WebhookMade = G.WebhookMade;
export type Delivery = G.DeliveryView;
export type SearchResult = G.SearchResultView;
export type SearchPage = G.SearchPageView;

interface LookWords {
  position: "right" | "left";
  theme: "auto" | "light" | "dark";
}

/** What an owner chooses; the server adds the ink that can be read on the accent. */
export type LookChoice = With<Omit<G.LookBody, "accent_text">, LookWords>;
export type Site = With<G.SiteView, { look: With<G.LookView, LookWords> }>;

export type Day = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

export interface OpenHours {
  day: Day;
  from: string;
  to: string;
}

export interface WorkingHours {
  timezone: string;
  always: boolean;
  days: OpenHours[];
  holidays: string[];
}

export interface PolicyPurpose {
  key: string;
  basis: string;
  categories: string[];
  roles: string[];
  retain: string;
  built?: boolean | null;
}

export interface PolicyCategory {
  key: string;
  fields: string[];
  protect: string;
}

export interface PolicyProcessor {
  name: string;
  country: string;
  categories: string[];
  hosts: string[];
}

export type ChangeClass = "material" | "narrower" | "wording";
export type PolicyChange = With<G.ChangeView, { class: ChangeClass }>;
export type PolicyFault = G.FaultView;
export type PolicyCheck = G.PolicyCheckView;
export type Simulation = With<G.SimulationView, { changes: PolicyChange[] }>;
export type Published = G.PublishedView;
export type PolicyWaiting = With<G.WaitingView, { changes: PolicyChange[] }>;

export type PolicyView = With<
  G.PolicyView,
  {
    waiting?: PolicyWaiting | null;
    floor: string;
    purposes: PolicyPurpose[];
    categories: PolicyCategory[];
    processors: PolicyProcessor[];
  }
>;

export type TotpStart = G.Start;
export type FieldProblem = G.ProblemField;
export type Problem = G.Problem;
