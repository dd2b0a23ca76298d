// Written by `cargo xtask codegen` from the API's own description. Do not edit.

/** Who joins. */
export type AcceptBody = {
  /** Name. */
  name: string;
  /** Password. */
  password: string;
  /** Token of the letter's link. */
  token: string;
};

/** A page of them. Where only one account was misused, a page may be empty and yet not the last one. */
export type AffectedPageView = {
  /** Where the next page begins. */
  next_cursor?: string | null;
  /** The people, in the order in which they came. */
  people: AffectedView[];
};

/** Somebody whom an incident reached. */
export type AffectedView = {
  /** Their id. */
  person_id: string;
  /** The beginning of their keyed reference. */
  reference: string;
};

/** Month and year of birth: judged and forgotten. */
export type AgeBody = {
  /** Month, 1 to 12. */
  month: number;
  /** Year, such as 1990. */
  year: number;
};

/** Lets one browser begin a conversation. */
export type AgePassView = {
  /** What the first message carries. */
  age_pass: string;
  /** Until when, in microseconds. */
  expires_at: number;
};

/** Another role or state; what is left out stays. */
export type AgentBody = {
  /** `owner`, `admin`, `agent`, `analyst`, `marketer` or `privacy_officer`. */
  role?: string | null;
  /** `active` or `disabled`. */
  state?: string | null;
};

/** A message or note of an agent. */
export type AgentMessageBody = {
  /** What it says: 1 to 10,000 characters. */
  body: string;
  /** Id of the message, made by the console. */
  client_msg_id: string;
  /** Message or note. */
  kind: WrittenKind;
  /** Number of the newest message the agent has seen: a newer answer of another agent refuses this one. */
  seen_seq?: number | null;
};

/** A member as colleagues see them. */
export type AgentView = {
  /** `online` or `away`, as they say. */
  availability: string;
  /** Address: whole for owners and admins, covered for the others. */
  email: string;
  /** Id. */
  id: string;
  /** Name; empty until they joined. */
  name: string;
  /** Whether a console of theirs is open. */
  online: boolean;
  /** Role. */
  role: string;
  /** `active`, `invited` or `disabled`. */
  state: string;
};

/** The members. */
export type Agents = {
  /** Oldest first. */
  agents: AgentView[];
};

/** An answer. */
export type AnswerBody = {
  /** `accept`, `keep` (my old terms) or `erase`. */
  answer: string;
  /** The version that was told of. */
  version: number;
};

/** An answer that was taken. */
export type AnswerView = {
  /** `accept`, `keep` or `erase`. */
  answer: string;
  /** The receipt. */
  receipt: Record<string, unknown>;
  /** The version that was answered about. */
  version: number;
};

/** Who is to answer. */
export type AssignBody = {
  /** An agent, or null for nobody. */
  assignee_id?: string | null;
};

/** An assignee as visitors see them. */
export type AssigneeView = {
  /** Name. */
  name: string;
};

/** Who wrote a message. */
export type AuthorView = {
  /** Id of the agent who wrote it, or whose act it tells; agents see it. */
  id?: string | null;
  /** `visitor`, `agent` or `system`. */
  kind: string;
  /** Name of that agent. */
  name?: string | null;
};

/** Whether the agent takes conversations. */
export type AvailabilityBody = {
  /** `online` or `away`. */
  availability: string;
};

/** The workspace's canned replies. */
export type CannedReplies = {
  /** By shortcut. */
  canned_replies: CannedReplyView[];
};

/** A new canned reply. */
export type CannedReplyBody = {
  /** The text, with variables such as `{{visitor.name|there}}`. */
  body: string;
  /** The word after the slash. */
  shortcut: string;
  /** What it is about. */
  title: string;
};

/** What is to change; what is left out stays. */
export type CannedReplyPatch = {
  /** The text. */
  body?: string | null;
  /** The word after the slash. */
  shortcut?: string | null;
  /** What it is about. */
  title?: string | null;
};

/** A canned reply as agents see it. */
export type CannedReplyView = {
  /** The text, with variables. */
  body: string;
  /** Id. */
  id: string;
  /** The word after the slash. */
  shortcut: string;
  /** What it is about. */
  title: string;
  /** When it was last changed. */
  updated_at: number;
};

/** A new password by the current one. */
export type ChangeBody = {
  /** The current password. */
  current: string;
  /** The new one. */
  new: string;
};

/** One difference between two versions. */
export type ChangeView = {
  /** Its value after. */
  after?: string | null;
  /** Its value before. */
  before?: string | null;
  /** `material`, `narrower` or `wording`. */
  class: string;
  /** The setting, such as `purpose.support.reply.retain`. */
  path: string;
  /** Why it is judged so. */
  reason: string;
  /** The change in a sentence. */
  text: string;
};

/** A choice. */
export type ChannelBody = {
  /** In the chat only: no letter while the visitor is away. */
  widget_only: boolean;
};

/** The way that answers travel. */
export type ChannelView = {
  /** Answers come in the chat only: no letter goes while the visitor is away. */
  widget_only: boolean;
};

/** How a check of one clause ended. */
export type CheckOutcome = 'passed' | 'failed' | 'not applicable' | 'not checked';

/** A frozen record as a privacy officer sees it. */
export type ChildView = {
  /** When a parent was asked. */
  asked_at?: number | null;
  /** Their conversations. */
  conversations: number;
  /** When it is erased without an answer, in microseconds. */
  erase_at: number;
  /** Whether a legal hold keeps something of it. */
  held: boolean;
  /** Until when a parent's address must be there, in microseconds. */
  hold_until: number;
  /** When. */
  marked_at: number;
  /** Id of the member who said so. */
  marked_by: string;
  /** What is to be done: `ask_parent`, or `wait_for_parent`. */
  next: string;
  /** The parent's address, most of it covered. */
  parent_masked?: string | null;
  /** Whose record. */
  person_id: string;
  /** Name of the site they wrote on. */
  site: string;
};

/** The workspace's frozen records. */
export type Children = {
  /** Those that end first before the others. */
  children: ChildView[];
};

/** A choice about a use of data. */
export type ChoiceBody = {
  /** Yes, or taken back. */
  granted: boolean;
  /** The version of the policy that was shown. */
  policy_version?: number | null;
  /** Key of a purpose that rests on consent. */
  purpose: string;
};

/** A choice about a use of data, as it stands now. */
export type ChoiceView = {
  /** Yes, or no. */
  granted: boolean;
  /** Key of the purpose. */
  purpose: string;
  /** The receipt of the choice. */
  receipt: Record<string, unknown>;
};

/** The first code of the agent's device. */
export type CodeBody = {
  /** Six digits. */
  code: string;
};

/** A page of choices. */
export type ConsentPageView = {
  /** Newest first. */
  consents: ConsentRecordView[];
  /** Where the next page begins. */
  next_cursor?: string | null;
};

/** A choice as the privacy desk sees it. */
export type ConsentRecordView = {
  /** When, in microseconds. */
  created_at: number;
  /** Yes, or taken back. */
  granted: boolean;
  /** Its id. */
  id: string;
  /** Its entry in the ledger. */
  ledger_index: number;
  /** Who chose. */
  person_id: string;
  /** Version of the policy that was shown. */
  policy_version: number;
  /** What about: a field such as `visitor.remembered`, or an answer such as `policy.accept`. */
  purpose: string;
  /** When they took it back or chose anew. */
  replaced_at?: number | null;
  /** Hash of the text that was shown. */
  text_hash: string;
  /** How they chose, such as `widget`. */
  way: string;
};

/** A choice of the person. */
export type ConsentView = {
  /** When. */
  at: number;
  /** Yes, or taken back. */
  granted: boolean;
  /** Its entry in the ledger. */
  ledger_index: number;
  /** Version of the policy that was shown. */
  policy_version: number;
  /** What it is about. */
  purpose: string;
  /** Whether it stands: a later choice about the same has not replaced it, and one act takes it back. */
  stands: boolean;
  /** How the person chose. */
  way: string;
};

/** What changes; what is left out stays. */
export type ContactBody = {
  /** E-mail address; a changed one must be confirmed by the link in a letter. */
  email?: string | null;
  /** Name. */
  name?: string | null;
  /** The version of the policy that was shown. */
  policy_version?: number | null;
};

/** What came of it. */
export type ContactView = {
  /** Whether a letter with a link is on its way to the new address. */
  verification_sent: boolean;
};

/** A conversation as agents see it. */
export type ConversationView = {
  /** Who answers it. */
  assignee_id?: string | null;
  /** When it began. */
  created_at: number;
  /** `restricted` while the person does not let it be used: nothing said in it is shown. */
  frozen?: string | null;
  /** Id. */
  id: string;
  last_message?: LastMessageView | null;
  /** When something was last said to the visitor or by them. */
  last_message_at: number;
  /** Number of the newest message. */
  last_seq: number;
  page?: PageView | null;
  /** The data subject. */
  person_id: string;
  rating?: RatingView | null;
  /** When it was resolved. */
  resolved_at?: number | null;
  /** Where it began. */
  site_id: string;
  /** Name of that site. */
  site_name: string;
  /** Until when it is put aside. */
  snoozed_until?: number | null;
  /** `open`, `snoozed` or `resolved`. */
  state: string;
  /** Messages of the visitor that no agent has read, at most 100. */
  unread: number;
  /** The visitor. */
  visitor: InboxVisitorView;
  /** Number of the newest message that reached the visitor's screen. */
  visitor_delivered_seq: number;
  /** Number of the newest message the visitor has read. */
  visitor_read_seq: number;
  /** Since when the visitor waits. */
  waiting_since?: number | null;
};

/** A webhook's newest deliveries. */
export type Deliveries = {
  /** Newest first. */
  deliveries: DeliveryView[];
};

/** A delivery in the log. */
export type DeliveryView = {
  /** How often it was tried. */
  attempts: number;
  /** The conversation. */
  conversation_id?: string | null;
  /** When it happened, in microseconds. */
  created_at: number;
  /** Why it did not arrive. */
  detail?: string | null;
  /** Kind of event. */
  event: string;
  /** Number of the event in the workspace. */
  event_id: number;
  /** When it was done with, in microseconds. */
  finished_at?: number | null;
  /** The id in its head: the same each time it is sent. */
  message_id: string;
  /** When it is tried next, in microseconds, while it waits. */
  next_at?: number | null;
  /** `waiting`, `delivered`, `failed` or `dropped`. */
  state: string;
  /** What the receiver answered last. */
  status?: number | null;
  /** Milliseconds that the last attempt took. */
  took_ms?: number | null;
};

/** A release that is asked for. */
export type DisclosureBody = {
  /** Keys of categories; left out: what was written. */
  categories?: string[] | null;
  /** The conversation, if the scope is one. */
  conversation_id?: string | null;
  /** The document's deadline, in microseconds. */
  deadline_at?: number | null;
  /** `sha256:` and the hash of the document, where a court or an authority asks. */
  document_hash?: string | null;
  /** An address: of everybody here who gave it, one disclosure each. */
  email?: string | null;
  /** Until when the person is not told, in microseconds; left out: they are told. */
  gagged_until?: number | null;
  /** A ground of the policy. */
  ground: string;
  /** Whose data; left out: of the conversation's person, or of those with the address. */
  person_id?: string | null;
  /** Why, for those who may see disclosures. */
  reason: string;
  /** To whom. */
  recipient: string;
  /** Their public key of age, such as `age1...`. */
  recipient_key: string;
  /** The rule that was broken, where a breach is the ground. */
  rule?: string | null;
  /** `conversation`, if left out, or `person`. */
  scope?: string | null;
  /** Another one: a breach alone carries one conversation. */
  second_ground?: string | null;
};

/** A disclosure as those see it who have a part in it. */
export type DisclosureView = {
  /** Approvals that a release takes. */
  approvals_needed: number;
  /** Ids of the members who approved. */
  approved_by: string[];
  /** Hash of the sealed copy, as it stands in the ledger. */
  bundle_hash?: string | null;
  /** Until when the sealed copy can be fetched. */
  bundle_until?: number | null;
  /** Keys of the categories that are released. */
  categories: string[];
  /** When. */
  closed_at?: number | null;
  /** Id of the member who released, refused or took it back, or `system`. */
  closed_by?: string | null;
  /** The conversation, if the scope is one. */
  conversation_id?: string | null;
  /** When it was asked for. */
  created_at: number;
  /** The document's deadline. */
  deadline_at?: number | null;
  /** Hash of the document that asks for it. */
  document_hash?: string | null;
  /** Until when the person is not told. */
  gagged_until?: number | null;
  /** The ground. */
  ground: string;
  /** The legal hold that it started. */
  hold_id?: string | null;
  /** Id. */
  id: string;
  /** When it lapses if nobody releases it. */
  lapses_at: number;
  /** Whether it was released and waits for a second person. */
  needs_approval: boolean;
  /** What the reader may do next: `approve`, `release`, `copy`, `review`, `close`. */
  next: string[];
  /** When the person was told. */
  notified_at?: number | null;
  /** Whose data; gone once they are erased. */
  person_id?: string | null;
  /** Why; only where one disclosure is opened. */
  reason?: string | null;
  /** To whom; only where one disclosure is opened. */
  recipient?: string | null;
  /** The public key that the copy is sealed to. */
  recipient_key: string;
  /** Id of the member who asked for it. */
  requested_by: string;
  /** By when somebody must have looked at it again. */
  review_due_at?: number | null;
  /** When somebody did. */
  reviewed_at?: number | null;
  /** The rule that was broken; only where one disclosure is opened. */
  rule?: string | null;
  /** `conversation` or `person`. */
  scope: string;
  /** Another ground, where the scope takes it. */
  second_ground?: string | null;
  /** `open`, `released`, `refused`, `cancelled`, `lapsed` or `erased`. */
  state: string;
};

/** The workspace's disclosures. */
export type Disclosures = {
  /** Open ones first, then the newest. */
  disclosures: DisclosureView[];
};

/** What happened. */
export type DrillAct = 'requested' | 'frozen' | 'held' | 'waits' | 'opted_out' | 'erased' | 'not_in_policy';

/** Nothing more to say. */
export type DrillBody = Record<string, never>;

/** Somebody of whom something is left at the end. */
export type DrillLeft = {
  /** When what they wrote goes, as far as that is known by then. */
  delete_at?: number | null;
  /** Who. */
  role: DrillRole;
};

/** Who a step is about. None of them is a person. */
export type DrillRole = 'asks' | 'leaves' | 'minor' | 'held' | 'opts_out' | 'stays';

/** One step. */
export type DrillStep = {
  /** What. */
  act: DrillAct;
  /** Whether the program did it by itself. */
  by_itself: boolean;
  /** On which day, from 0. */
  day: number;
  /** By when it must be done, in microseconds, for a request and for a hold. */
  due_at?: number | null;
  /** About whom. */
  role: DrillRole;
};

/** What thirty days came to. */
export type DrillView = {
  /** Days that passed. */
  days: number;
  /** Entries of the drill's own ledger. */
  entries: number;
  /** When the simulated clock began, in microseconds. */
  from_at: number;
  /** Of whom something is left. */
  left: DrillLeft[];
  /** The version of the policy. */
  policy_version: number;
  /** What happened, in order. */
  steps: DrillStep[];
  /** Whether its evidence held when it was checked as `chatham verify` does. */
  verified: boolean;
};

/** What became of it: one request for each record under the address. */
export type EnteredRequestsView = {
  /** How many of them were open before: asking twice is one request. */
  known: number;
  /** The requests. */
  requests: RequestView[];
};

/** Nothing more to say. */
export type EraseBody = Record<string, never>;

/** The proof of an erasure. */
export type ErasureView = {
  /** The ledger's entry with its proof; `chatham verify` checks it without this server. */
  receipt: Record<string, unknown>;
};

/** Why a request takes longer. */
export type ExtendBody = {
  /** `complex` or `many`. */
  reason: string;
};

/** What is wrong with a file, where, and how to mend it. */
export type FaultView = {
  /** The clause it would break, for a valid file that may not follow. */
  clause?: number | null;
  /** Stable code. */
  code: string;
  /** Column in characters, from 1. */
  column: number;
  /** Line, from 1. */
  line: number;
  /** What to write instead. */
  mend: string;
  /** What is wrong. */
  what: string;
};

/** Whose password is forgotten. */
export type ForgotBody = {
  /** Address. */
  email: string;
};

/** Greetings as they are said. */
export type GreetingsView = {
  /** While nobody is there. */
  away: string;
  /** While closed. */
  offline: string;
  /** While somebody answers. */
  online: string;
};

/** One field that is held. */
export type HeldItem = {
  /** When it is deleted, if that is known by now. */
  delete_at?: number | null;
  /** Name in the policy, such as `visitor.email`. */
  field: string;
  /** What it is, in words. */
  label: string;
  /** What personnel see instead of the value. */
  masked?: string | null;
  /** Key of the purpose it is kept for. */
  purpose: string;
  /** Who else gets it. */
  recipients: string[];
  /** How long, in the words of the policy. */
  retention: string;
  /** Whether personnel may ask for the value. */
  revealable?: boolean | null;
  /** Where it comes from: `site`, `partner` or `import`. */
  source: string;
  /** The value, for the person themselves. */
  value?: string | null;
};

/** What is held about a person, for personnel: nothing is opened. */
export type HeldPerson = {
  /** Whether they may write. */
  blocked: boolean;
  /** The person's choices. */
  consents: ConsentView[];
  /** Every field that is held. */
  items: HeldItem[];
  /** How to call them without knowing them. */
  label: string;
  /** The person. */
  person_id: string;
  /** Who of the personnel read. */
  readers: HeldReader[];
  /** Whether the person lets nobody use it. */
  restricted: boolean;
  /** Who outside received something, and what for. */
  sendings: SendingView[];
};

/** Who of the personnel read, summed up. */
export type HeldReader = {
  /** Who; personnel see it. */
  agent_id?: string | null;
  /** Quarters of an hour with a reading. */
  count: number;
  /** The newest. */
  last_at: number;
  /** What for; personnel see it. */
  purpose?: string | null;
  /** In which role. */
  role: string;
};

/** What is held, for the person themselves. */
export type HeldView = {
  /** The person's choices. */
  consents: ConsentView[];
  /** Number of conversations. */
  conversations: number;
  /** Every field that is held. */
  items: HeldItem[];
  /** Letters about new versions of the policy. */
  notices: NoticesView;
  /** The version of the policy in force. */
  policy_version: number;
  /** Who of the personnel read. */
  readers: HeldReader[];
  /** Who outside received something, and what for. */
  sendings: SendingView[];
  /** What the browser's privacy signal asks for. */
  signal: SignalView;
};

/** A hold to be placed. */
export type HoldBody = {
  /** One conversation; left out: everything of the person. */
  conversation_id?: string | null;
  /** When it ends by itself, in microseconds. */
  deadline_at: number;
  /** `sha256:` and the hash of the document that asks for it. */
  document_hash: string;
  /** Until when the person is not told, in microseconds; left out: they are told. */
  gagged_until?: number | null;
  /** A ground of the policy, such as `court-or-government`. */
  ground: string;
  /** Whose data. */
  person_id: string;
  /** Why, for those who may see holds. */
  reason: string;
};

/** What ended with a hold. */
export type HoldReleaseView = {
  /** Whether the person's erasure, which had waited, is done now. */
  erased: boolean;
};

/** A hold as a privacy officer sees it. */
export type HoldView = {
  /** One conversation; none: everything of the person. */
  conversation_id?: string | null;
  /** When it was placed. */
  created_at: number;
  /** When it ends by itself. */
  deadline_at: number;
  /** Hash of the document. */
  document_hash: string;
  /** Whether an erasure of the person waits for its end. */
  erasure_waits: boolean;
  /** Until when the person is not told. */
  gagged_until?: number | null;
  /** The ground. */
  ground: string;
  /** Id. */
  id: string;
  /** Whose data. */
  person_id: string;
  /** Id of the member who placed it. */
  placed_by: string;
  /** Why; gone when it has ended. */
  reason?: string | null;
  /** When it ended. */
  released_at?: number | null;
  /** Id of the member who ended it, or `deadline`. */
  released_by?: string | null;
};

/** The workspace's holds. */
export type Holds = {
  /** Those that last first, then the newest. */
  holds: HoldView[];
};

/** How many conversations there are in the asked state. */
export type InboxCountsView = {
  /** All. */
  all: number;
  /** Those of the asking agent. */
  mine: number;
  /** Those of nobody. */
  unassigned: number;
};

/** A page of the inbox. */
export type InboxPageView = {
  /** The conversations. */
  conversations: ConversationView[];
  /** Counts of the asked state. */
  counts: InboxCountsView;
  /** Where the next page begins. */
  next_cursor?: string | null;
};

/** A visitor as agents see them. */
export type InboxVisitorView = {
  /** Whether they may not write. */
  blocked: boolean;
  /** Id. */
  id: string;
  /** What to call them. */
  label: string;
  /** Language of their browser. */
  locale?: string | null;
  /** Name as given. */
  name?: string | null;
  /** Whether they have the conversation open now. */
  online: boolean;
};

/** An incident to be opened. */
export type IncidentBody = {
  /** Whose account was misused, for scope `agent`. */
  agent_id?: string | null;
  /** From when, in microseconds; left out: from the beginning on. */
  from_at?: number | null;
  /** `drill` or `real`. */
  kind: string;
  /** When it was noticed; left out: now. */
  noticed_at?: number | null;
  /** `period`, `agent`, `copy` or `keys`. */
  scope: string;
  /** Up to when; left out: until now. */
  to_at?: number | null;
};

/** An incident as the privacy desk sees it. */
export type IncidentView = {
  /** How many people it reached when it was opened. */
  affected: number;
  /** Whose account was misused. */
  agent_id?: string | null;
  /** When the authority was told. */
  authority_at?: number | null;
  /** Categories of the policy that somebody could read. */
  categories: string[];
  /** When it was closed. */
  closed_at?: number | null;
  /** When it was opened. */
  created_at: number;
  /** When the authority must have it: 72 hours later. */
  due_at: number;
  /** From when, in microseconds. */
  from_at: number;
  /** Its id. */
  id: string;
  /** `drill` or `real`. */
  kind: string;
  /** Whether that is over, or was when the authority was told. */
  late: boolean;
  /** Its entry in the ledger. */
  ledger_index: number;
  /** What may be done next: `report`, `tell`, `close`. */
  next: string[];
  /** When it was noticed. */
  noticed_at: number;
  /** Id of the member who opened it, or `operator`. */
  opened_by: string;
  /** When it was decided to tell the people. */
  people_at?: number | null;
  /** `period`, `agent`, `copy` or `keys`. */
  scope: string;
  /** Up to when. */
  to_at: number;
  /** Letters queued so far. */
  told: number;
};

/** The workspace's incidents. */
export type Incidents = {
  /** Newest first, at most 200. */
  incidents: IncidentView[];
};

/** Whom to invite. */
export type InvitationBody = {
  /** Address. */
  email: string;
  /** Name, if it is known. */
  name?: string | null;
  /** Role. */
  role: string;
};

/** An invitation that is on its way. */
export type Invited = {
  /** Id of the member to be. */
  id: string;
};

/** The newest message in a row. */
export type LastMessageView = {
  /** `visitor`, `agent` or `system`. */
  author_kind: string;
  /** `message`, `note` or `system`. */
  kind: string;
  /** Its beginning, on one line. */
  preview: string;
};

/** Why it is no minor. */
export type LiftBody = {
  /** 1 to 2,000 characters, sealed. */
  reason: string;
};

/** A link that works once. */
export type LinkView = {
  /** Where it leads. */
  url: string;
};

/** A look. */
export type LookBody = {
  /** Colour, `#rrggbb`; corrected where its contrast is too weak. */
  accent: string;
  /** Taken and ignored: the server picks the ink. */
  accent_text?: string | null;
  /** Words on the launcher, at most 40 characters. */
  launcher: string;
  /** `right` or `left`. */
  position: string;
  /** `auto`, `light` or `dark`. */
  theme: string;
};

/** A look as it goes out. */
export type LookView = {
  /** Colour, `#rrggbb`. */
  accent: string;
  /** Ink on it, contrast at least 4.5:1. */
  accent_text: string;
  /** Words on the launcher. */
  launcher: string;
  /** `right` or `left`. */
  position: string;
  /** `auto`, `light` or `dark`. */
  theme: string;
};

/** The mailbox of the contact address. */
export type MailboxView = {
  /** The last round failed: letters wait there, and none is lost. */
  failing: boolean;
  /** When it was last read; absent before the first time. */
  read_at?: number | null;
  /** Letters there that a person must read, and nobody has opened yet. */
  waiting: number;
};

/** Nothing more to say. */
export type MarkBody = Record<string, never>;

/** A message as its readers see it. */
export type MessageView = {
  /** Who wrote it. */
  author: AuthorView;
  /** What it says. */
  body: string;
  /** The id its writer gave it, for the writer's side only. */
  client_msg_id?: string | null;
  /** Conversation. */
  conversation_id: string;
  /** When it was written. */
  created_at: number;
  /** Id. */
  id: string;
  /** `message`, `note` (agents only) or `system` (the body is a code). */
  kind: string;
  /** Number in the conversation, from 1, without a gap. */
  seq: number;
};

/** A page of messages, oldest first. */
export type MessagesView = {
  /** Whether there are older ones. */
  has_more: boolean;
  /** The messages. */
  messages: MessageView[];
};

/** Another name. */
export type NameBody = {
  /** 1 to 120 characters on one line. */
  name: string;
};

/** The first message of a conversation. */
export type NewConversationBody = {
  /** What the question of age gave, where the policy asks it. */
  age_pass?: string | null;
  /** What it says: 1 to 10,000 characters. */
  body: string;
  /** Id of the message, made by the browser. */
  client_msg_id: string;
  /** E-mail address. */
  email?: string | null;
  /** Language of the browser. */
  locale?: string | null;
  /** Name, at most 120 characters. */
  name?: string | null;
  /** Title of the page. */
  page_title?: string | null;
  /** Address of the page, kept without query and fragment. */
  page_url?: string | null;
  /** Version of the policy the visitor saw. */
  policy_version?: number | null;
};

/** Nothing more to say. */
export type NoBody = Record<string, never>;

/** Nothing: these commands need no fields. */
export type NoFields = Record<string, never>;

/** Nothing more to say. */
export type Nothing = Record<string, never>;

/** A new version, as it is told to somebody who stands on an older one. */
export type NoticeView = {
  /** `act` or `deemed`: whether going on to write counts as agreement. */
  agreement: string;
  answer?: ConsentView | null;
  /** What changes for them, material first, at most twenty. */
  changes: ChangeView[];
  /** Whether an answer is still due: the prompt stays until then. */
  due: boolean;
  /** The day it takes effect. */
  effective: string;
  /** Whether the prompt offers to keep the old terms. */
  may_keep: boolean;
  /** Whether the policy wants a prompt. */
  prompt: boolean;
  /** The receipt of that answer. */
  receipt?: Record<string, unknown> | null;
  /** Whether it rules already. */
  rules: boolean;
  /** The version the person stands on. */
  stands_on: number;
  /** Where the whole difference is shown. */
  url: string;
  /** The version that is told of. */
  version: number;
};

/** Where these letters shall go. */
export type NoticesBody = {
  /** An address; nothing but a link that confirms goes there before that link is used. */
  email: string;
  /** The version of the policy that was shown. */
  policy_version?: number | null;
};

/** Letters about the policy, for the visitor in the chat. */
export type NoticesView = {
  /** When they were asked for; the link waits until they are confirmed. */
  asked_at?: number | null;
  /** When they were confirmed. */
  confirmed_at?: number | null;
  /** Whether they can be asked for: the policy has room for them, and the visitor did not stop all letters. */
  offered: boolean;
};

/** A conversation alone. */
export type OneConversationView = {
  /** The conversation. */
  conversation: ConversationView;
};

/** A message alone. */
export type OneMessage = {
  /** The message. */
  message: MessageView;
};

/** A rating as its giver sees it. */
export type OwnRatingView = {
  /** 1 to 5. */
  score: number;
};

/** A member as they see themselves. */
export type OwnView = {
  /** `online` or `away`. */
  availability: string;
  /** Address. */
  email: string;
  /** Id. */
  id: string;
  /** Name. */
  name: string;
  /** Role. */
  role: string;
  /** Whether the second factor is on. */
  totp_enabled: boolean;
};

/** The page a visitor writes from. */
export type PageView = {
  /** Title. */
  title: string;
  /** Address, without query and fragment. */
  url: string;
};

/** Whom to ask. */
export type ParentBody = {
  /** A parent's e-mail address. */
  email: string;
};

/** The agent's password once more. */
export type PasswordBody = {
  /** Password. */
  password: string;
};

/** The id of what was made. */
export type Placed = {
  /** Id of the hold. */
  id: string;
};

/** A policy file. */
export type PolicyBody = {
  /** Its exact text. */
  text: string;
};

/** Whether a file is valid. */
export type PolicyCheckView = {
  /** Every fault, first in the file first. */
  faults: FaultView[];
  /** Its hash, if it is valid. */
  hash?: string | null;
  /** Whether there is no fault. */
  valid: boolean;
  /** Its version, if it is valid. */
  version?: number | null;
};

/** The policy in force. */
export type PolicyView = {
  /** Its categories of data. */
  categories: (Record<string, unknown>)[];
  /** From when it rules. */
  effective: string;
  /** The table it may use. */
  floor: unknown;
  /** Hash of its text, as in the ledger. */
  hash: string;
  /** Whether who asks may publish the next version: by role, and as a member of the host's workspace. */
  may_publish: boolean;
  /** Everybody data is sent to. */
  processors: (Record<string, unknown>)[];
  /** Its purposes, each with `built`: whether this program carries it out. */
  purposes: (Record<string, unknown>)[];
  /** The file as it is. */
  text: string;
  /** Where the public page is. */
  url: string;
  /** Its version. */
  version: number;
  waiting?: WaitingView | null;
};

/** One clause: what was done, and what was seen. */
export type PrivacyCheckFinding = {
  /** Number of the clause, 1 to 78. */
  clause: number;
  /** What was done. */
  did: string;
  /** How it ended. */
  outcome: CheckOutcome;
  /** What it asks. */
  rule: string;
  /** What was seen. */
  saw: string;
};

/** What privacy-check writes with `--json`. */
export type PrivacyCheckReport = {
  /** When, as the instance said. */
  date: string;
  /** Clauses that were found broken. */
  failed: number[];
  /** One for each clause, in order. */
  findings: PrivacyCheckFinding[];
  /** `chatham privacy-check v1`. */
  format: string;
  /** The hash of its exact bytes. */
  policy_hash: string;
  /** The version of the policy then. */
  policy_version: number;
  /** Where the instance was found. */
  url: string;
};

/** A published result. */
export type PrivacyCheckView = {
  /** Its entry in the ledger. */
  ledger_index: number;
  /** When it was published, in microseconds. */
  published_at: number;
  /** What was found. */
  report: PrivacyCheckReport;
  /** SHA-256 of the report as it is kept, as its entry in the ledger says it. */
  report_hash: string;
};

/** A problem as it goes out, `application/problem+json`. */
export type Problem = {
  /** The clause of the policy that refuses, 1 to 78. */
  clause?: number | null;
  /** Stable code for programs. */
  code: string;
  /** What is the case here. */
  detail: string;
  /** Fields that are not acceptable. */
  fields?: ProblemField[];
  /** Number of the newest reply. */
  latest_seq?: number | null;
  /** What the reader can do. */
  mend?: string | null;
  /** Where its text is. */
  policy_url?: string | null;
  /** The policy version that applies. */
  policy_version?: number | null;
  /** Seconds to wait. */
  retry_after_s?: number | null;
  /** The HTTP status. */
  status: number;
  /** Short, the same for every occurrence. */
  title: string;
  /** `/problems/CODE`. */
  type: string;
};

/** A field that is not acceptable. */
export type ProblemField = {
  /** Stable code. */
  code: string;
  /** Name of the field. */
  field: string;
  /** What is wrong and what would be right. */
  message: string;
};

/** A version that was published. */
export type PublishedView = {
  /** From when it rules. */
  effective: string;
  /** Hash of its text, as in the ledger. */
  hash: string;
  /** Whether it changes something material. */
  material: boolean;
  /** Whether it rules already. */
  rules: boolean;
  /** Its number. */
  version: number;
};

/** One purge. */
export type PurgeRunView = {
  /** Its entry in the ledger, if it has one. */
  ledger_index?: number | null;
  /** The version of the policy whose period was over. */
  policy_version: number;
  /** How many rows, persons or conversations went. */
  purged: number;
  /** When, in microseconds; for ids that say nothing of a person, the day. */
  ran_at: number;
  /** Key of the rule, such as `conversation`. */
  rule: string;
};

/** The record. */
export type PurgeRunsView = {
  /** Newest first, at most 500. */
  runs: PurgeRunView[];
  /** How the sweeper is doing. */
  sweeper: SweeperView;
};

/** A rating. */
export type RatingBody = {
  /** Up to 2,000 characters. */
  comment?: string | null;
  /** Version of the policy the visitor saw. */
  policy_version?: number | null;
  /** 1 to 5. */
  score: number;
};

/** A rating as agents see it. */
export type RatingView = {
  /** What the visitor says of it. */
  comment?: string | null;
  /** 1 to 5. */
  score: number;
};

/** One reading: somebody looked at somebody's data, for a purpose, within a quarter of an hour. */
export type ReadingEntryView = {
  /** When, in microseconds. */
  at: number;
  /** Its entry in the ledger. */
  ledger_index: number;
  /** Their name, while they are a member. */
  name?: string | null;
  /** What for: a purpose of the policy. */
  purpose: string;
  /** Id of the member who looked. */
  reader_id: string;
  /** The beginning of the keyed reference of whom they looked at. */
  reference: string;
  /** In which role. */
  role: string;
};

/** A page of readings. */
export type ReadingPageView = {
  /** Where the next page begins. */
  next_cursor?: string | null;
  /** Newest first. */
  readings: ReadingEntryView[];
};

/** Codes for when the device is lost, shown this once. */
export type RecoveryCodes = {
  /** Ten codes; each works once. */
  recovery_codes: string[];
};

/** Nothing more to say. */
export type ReleaseBody = Record<string, never>;

/** A choice. */
export type RememberBody = {
  /** The version of the policy that was shown. */
  policy_version?: number | null;
  /** Yes, or no longer. */
  remember: boolean;
};

/** A choice as it stands now. */
export type RememberView = {
  /** The receipt of the choice. */
  receipt: Record<string, unknown>;
  /** Whether this browser remembers the visitor. */
  remembered: boolean;
};

/** A request that came by post, by telephone or in person. */
export type RequestBody = {
  /** ... or by a conversation of theirs. */
  conversation_id?: string | null;
  /** The person is found by the address they gave ... */
  email?: string | null;
  /** `access`, `correct`, `export`, `restrict`, `object`, `opt_out` or `erase`. */
  kind: string;
  /** `document` or `call_back`: how it was shown to be the person's, if it was. */
  proof?: string | null;
  /** To object: to which purpose. */
  purpose?: string | null;
  /** When it came in, in microseconds since 1970; now, if left out. */
  received_at?: number | null;
  /** To correct: the right address. */
  right_email?: string | null;
  /** To correct: the right name. */
  right_name?: string | null;
  /** `mail` (with another subject), `post`, `telephone` or `spoken`. */
  way: string;
};

/** A page of requests. */
export type RequestPageView = {
  /** Days the policy gives where it takes longer; 0: none. */
  extend_days: number;
  mailbox?: MailboxView | null;
  /** Purposes that a person may object to. */
  may_object: string[];
  /** Where the next page begins. */
  next_cursor?: string | null;
  /** The requests: open ones by their end, closed ones from the newest. */
  requests: RequestView[];
};

/** What was done with a request. */
export type RequestStepView = {
  /** `received`, `verified`, `extended`, `executed`, `withdrawn`, `lifted` or `handed_over`. */
  act: string;
  /** Who of the personnel. */
  agent_id?: string | null;
  /** When. */
  at: number;
  /** Its entry in the ledger. */
  ledger_index: number;
  /** Their name. */
  name?: string | null;
  /** As what they did it: `subject`, `system`, or a role of personnel. */
  role: string;
};

/** A request. */
export type RequestView = {
  /** When it was done or taken back. */
  closed_at?: number | null;
  /** When it runs by itself. */
  due_at: number;
  /** `complex` or `many`: why it takes longer. */
  extension?: string | null;
  /** Its id. */
  id: string;
  /** `access`, `correct`, `export`, `restrict`, `object`, `opt_out` or `erase`. */
  kind: string;
  /** What to call them. */
  label?: string | null;
  /** What may be done next: `verify`, `execute`, `extend`, `hand_over`. */
  next: string[];
  /** What came of it. */
  outcome?: string | null;
  /** Who asks; absent once they are erased. */
  person_id?: string | null;
  /** `session`, `loop`, `document` or `call_back`: how they showed that it is theirs. */
  proof?: string | null;
  /** The purpose objected to. */
  purpose?: string | null;
  /** When it came in. */
  received_at: number;
  /** `open`, `done` or `withdrawn`. */
  state: string;
  /** Who did what, in order. */
  steps: RequestStepView[];
  /** `centre`, `mail`, `post`, `telephone` or `spoken`. */
  way: string;
};

/** The ids of what was made. */
export type Requested = {
  /** Id of the disclosure; of each, where an address stands for several people. */
  ids: string[];
};

/** A new password by a letter's link. */
export type ResetBody = {
  /** The new password. */
  password: string;
  /** Token of the link. */
  token: string;
};

/** A field to be opened, and what for. */
export type RevealBody = {
  /** Name of the field, such as `visitor.email`. */
  field: string;
  /** `support.reply` or `rights.request`. */
  purpose: string;
};

/** A value opened for one of the personnel. */
export type RevealedView = {
  /** Name of the field. */
  field: string;
  /** The value. */
  value: string;
};

/** A page of results. */
export type SearchPageView = {
  /** Where the next page begins. */
  next_cursor?: string | null;
  /** The results. */
  results: SearchResultView[];
};

/** A message that was found. */
export type SearchResultView = {
  /** `visitor` or `agent`. */
  author_kind: string;
  /** Conversation. */
  conversation_id: string;
  /** When it was written. */
  created_at: number;
  /** What to call the visitor. */
  label: string;
  /** Number of the message. */
  seq: number;
  /** The words around the first one found. */
  snippet: string;
};

/** What somebody outside received about a person. */
export type SendingView = {
  /** Keys of the categories. */
  categories: string[];
  /** How often. */
  count: number;
  /** The first, in microseconds. */
  first_at: number;
  /** The newest, in microseconds. */
  last_at: number;
  /** Key of the purpose. */
  purpose: string;
  /** Name of the recipient. */
  recipient: string;
};

/** How far a reader has come. */
export type SeqBody = {
  /** Number of the newest message. */
  seq: number;
};

/** One of the member's browsers. */
export type SessionEntry = {
  /** When it signed in. */
  created_at: number;
  /** Whether it is this one. */
  current: boolean;
  /** Id. */
  id: string;
  /** When it was last used. */
  last_seen_at: number;
};

/** Who is signed in. */
export type SessionView = {
  /** The member. */
  agent: OwnView;
  /** What their role may do: `answer`, `manage`, `erase`, `policy`, `protect`. */
  permissions: string[];
  /** The version of the policy that applies. */
  policy_version: number;
  /** Their workspace. */
  workspace: WorkspaceView;
};

/** The agent's browsers. */
export type Sessions = {
  /** Newest first. */
  sessions: SessionEntry[];
};

/** What the owner says about themselves. */
export type SetupBody = {
  /** Address. */
  email: string;
  /** Name, 1 to 120 characters. */
  name: string;
  /** Password, 8 to 128 characters, not easily guessed. */
  password: string;
  /** Token of the owner link. */
  token: string;
};

/** What signs in. */
export type SignInBody = {
  /** Address. */
  email: string;
  /** Password. */
  password: string;
  /** A recovery code in its place. */
  recovery_code?: string | null;
  /** Code of the second factor, once the answer is `totp_required`. */
  totp?: string | null;
};

/** The privacy signal of the browser that asks (Global Privacy Control). */
export type SignalView = {
  /** It asks not to sell or share: this request carried `Sec-GPC: 1`. */
  sent: boolean;
  /** Purposes that the signal stops while it is sent. */
  stops: string[];
};

/** What publishing the file would do now. */
export type SimulationView = {
  /** The version in force, which it is compared with. */
  against: number;
  /** Purposes whose people must be asked again. */
  ask_again: string[];
  /** What changes, material first. */
  changes: ChangeView[];
  /** The earliest lawful date, if it were published now. */
  earliest: string;
  /** From when it says it rules. */
  effective: string;
  /** Its hash. */
  hash: string;
  /** Whether anything material changes. */
  material: boolean;
  refusal?: FaultView | null;
  /** For whom. */
  standing: StandingView[];
  /** Its version. */
  version: number;
};

/** A new site. */
export type SiteBody = {
  /** Name. */
  name: string;
  /** Origins, such as `https://shop.example`. */
  origins: string[];
};

/** What is to change; what is left out stays. */
export type SitePatch = {
  /** Whether the widget asks for an address. */
  ask_email?: boolean | null;
  /** Whether the widget asks for a name. */
  ask_name?: boolean | null;
  /** Greetings; an empty one means the default. */
  greetings?: Record<string, unknown> | null;
  /** `en`, `es` or `ar`. */
  locale?: string | null;
  look?: LookBody | null;
  /** Name. */
  name?: string | null;
  /** Whether visitors may write while it is closed. */
  offline_form?: boolean | null;
  /** All origins. */
  origins?: string[] | null;
};

/** A site as its owner sees it. */
export type SiteView = {
  /** Whether the widget asks for an address. */
  ask_email: boolean;
  /** Whether the widget asks for a name. */
  ask_name: boolean;
  /** What a strict content-security policy of the page needs. */
  csp: string;
  /** Greetings as they are said, defaults filled in. */
  greetings: GreetingsView;
  /** Its id. */
  id: string;
  /** Its language: `en`, `es` or `ar`. */
  locale: string;
  /** The widget's look. */
  look: LookView;
  /** Its name. */
  name: string;
  /** Whether visitors may write while it is closed. */
  offline_form: boolean;
  /** Origins that may carry its widget. */
  origins: string[];
  /** When the widget was first opened on a page since the last check. */
  seen_at?: number | null;
  /** On which origin. */
  seen_origin?: string | null;
  /** The tag to paste into the page. */
  snippet: string;
};

/** The workspace's sites. */
export type Sites = {
  /** Oldest first. */
  sites: SiteView[];
};

/** Until when a conversation is put aside. */
export type SnoozeBody = {
  /** Microseconds UTC; in the future, at most 366 days away. */
  until: number;
};

/** People who stand on one version. */
export type StandingView = {
  /** Whether something material changes for them, all versions since taken together. */
  asked: boolean;
  /** `visitor` or `agent`. */
  kind: string;
  /** How many they are. */
  persons: number;
  /** The version. */
  version: number;
};

/** A secret for the agent's device. */
export type Start = {
  /** The same as a picture. */
  qr_svg: string;
  /** The secret, base32. */
  secret: string;
  /** The same as an `otpauth:` address. */
  uri: string;
};

/** What has begun. */
export type StartedView = {
  /** The conversation. */
  conversation: VisitorConversationView;
  /** Its first message. */
  message: MessageView;
  /** The visitor. */
  visitor: VisitorView;
};

/** Nothing more to say. */
export type StepBody = Record<string, never>;

/** How the sweeper is doing. */
export type SweeperView = {
  /** Seconds that the oldest row past its time is overdue; a sweeper that has not run for a quarter of an hour counts as overdue too. */
  lag_s: number;
  /** When its last whole round was, in microseconds; none before the first. */
  last_run_at?: number | null;
};

/** What people are told. */
export type TellBody = {
  /** What happened, what may follow, what to do; at most 4,000 characters. */
  words: string;
};

/** How a request was shown to be the person's. */
export type VerifyBody = {
  /** `document`, `call_back`, or `loop` to ask the person by letter. */
  proof: string;
};

/** The version of the program. */
export type Version = {
  /** Name of the program. */
  name: string;
  /** Its version. */
  version: string;
};

/** A conversation as its visitor sees it. */
export type VisitorConversationView = {
  /** Number of the newest message that reached an agent's screen. */
  agent_delivered_seq: number;
  /** Number of the newest message an agent has read. */
  agent_read_seq: number;
  assignee?: AssigneeView | null;
  /** When it began. */
  created_at: number;
  /** Id. */
  id: string;
  /** When it came. */
  last_message_at: number;
  /** Number of the newest message the visitor may read. */
  last_seq: number;
  rating?: OwnRatingView | null;
  /** `open` or `resolved`: that it is snoozed is the workspace's business. */
  state: string;
  /** Answers not read yet, at most 100. */
  unread: number;
  /** Number of the newest message the visitor has read. */
  visitor_read_seq: number;
};

/** Conversations of a visitor, newest first. */
export type VisitorConversationsView = {
  /** The conversations, at most 20. */
  conversations: VisitorConversationView[];
};

/** A message of a visitor. */
export type VisitorMessageBody = {
  /** What it says: 1 to 10,000 characters. */
  body: string;
  /** Id of the message, made by the browser. */
  client_msg_id: string;
  /** Version of the policy the visitor saw. */
  policy_version?: number | null;
};

/** A visitor as they see themselves. */
export type VisitorView = {
  /** Address as given, most of it covered. */
  email_masked?: string | null;
  /** Id. */
  id: string;
  /** Whether the policy has room for that choice. */
  may_choose_channel: boolean;
  /** Name as given. */
  name?: string | null;
  /** Whether they chose to be remembered in this browser. */
  remembered: boolean;
  /** Whether they want answers in the chat only. */
  widget_only: boolean;
};

/** A version that is published and does not rule yet. */
export type WaitingView = {
  /** What changes against the version in force, material first. */
  changes: ChangeView[];
  /** From when it rules. */
  effective: string;
  /** Hash of its text, as in the ledger. */
  hash: string;
  /** Whether it changes something material. */
  material: boolean;
  /** Its text. */
  text: string;
  /** Its version. */
  version: number;
};

/** A webhook to be. */
export type WebhookBody = {
  /** Kinds of events. */
  events: string[];
  /** An address that begins with `https://`, of a host that the policy declares. */
  url: string;
};

/** A webhook with its secret, which is told this once. */
export type WebhookMade = {
  /** The secret that signs its deliveries, as Standard Webhooks writes it: `whsec_` and base64. */
  secret: string;
  /** The webhook. */
  webhook: WebhookView;
};

/** What is to change; what is left out stays. */
export type WebhookPatch = {
  /** Kinds of events. */
  events?: string[] | null;
  /** Paused, or going on. */
  paused?: boolean | null;
};

/** A recipient that the policy declares for webhooks. */
export type WebhookRecipientView = {
  /** Keys of the categories it may get. */
  categories: string[];
  /** `name:port` of its hosts. */
  hosts: string[];
  /** Its name. */
  name: string;
};

/** A webhook as owners and admins see it. */
export type WebhookView = {
  /** Keys of the categories it gets. */
  categories: string[];
  /** When it was made, in microseconds. */
  created_at: number;
  /** Kinds of events. */
  events: string[];
  /** Since when nothing arrived, in microseconds; left out while it works. */
  failing_since?: number | null;
  /** Id. */
  id: string;
  /** Why it is paused: `hand`, `failing` or `gone`. */
  pause_reason?: string | null;
  /** Name of the recipient in the policy; none if the policy no longer lets anything go there. */
  recipient?: string | null;
  /** `active` or `paused`. */
  state: string;
  /** Where events go. */
  url: string;
  /** Deliveries that wait. */
  waiting: number;
};

/** The workspace's webhooks, and what may be chosen. */
export type WebhooksView = {
  /** Kinds of events that may be chosen. */
  events: string[];
  /** Recipients that the policy declares for it. */
  recipients: WebhookRecipientView[];
  /** Oldest first. */
  webhooks: WebhookView[];
};

/** The configuration of an open panel. */
export type WidgetConfig = {
  /** When month and year of birth are asked of a new visitor: `before_message`, or `before_field` where the site is made for children too; left out where nobody is asked. */
  age_gate?: string | null;
  /** `online`, `away` or `offline`. */
  availability: string;
  /** Fields to ask for. */
  fields: WidgetFields;
  /** What to say first, in each state of availability. */
  greetings: GreetingsView;
  /** The look. */
  look: LookView;
  /** Its name. */
  name: string;
  /** Whether one may write while it is closed. */
  offline_form: boolean;
  /** Where its text is. */
  policy_url: string;
  /** The version of the policy that a write must carry. */
  policy_version: number;
  /** Whether agents see what is typed before it is sent. */
  preview: boolean;
  /** Whether the visitor may choose to be remembered. */
  remember_allowed: boolean;
  /** How long what is written is kept, in a sentence. */
  retention_note: string;
  /** The site. */
  site_id: string;
};

/** Fields the widget may ask for. All are optional to give. */
export type WidgetFields = {
  /** An address. */
  email: boolean;
  /** A name. */
  name: boolean;
};

/** Another name. */
export type WorkspaceBody = {
  /** 1 to 120 characters on one line. */
  name: string;
};

/** A workspace as its members see it. */
export type WorkspaceView = {
  /** Its id. */
  id: string;
  /** Its name. */
  name: string;
};

/** What an agent writes. */
export type WrittenKind = 'message' | 'note';

/** Each operation by its id. */
export interface Operations {
  list_agents: {
    method: 'GET';
    path: '/api/console/agents';
    body: undefined;
    answer: Agents;
  };
  update_agent: {
    method: 'PATCH';
    path: '/api/console/agents/{id}';
    body: AgentBody;
    answer: undefined;
  };
  list_canned_replies: {
    method: 'GET';
    path: '/api/console/canned-replies';
    body: undefined;
    answer: CannedReplies;
  };
  create_canned_reply: {
    method: 'POST';
    path: '/api/console/canned-replies';
    body: CannedReplyBody;
    answer: CannedReplyView;
  };
  update_canned_reply: {
    method: 'PATCH';
    path: '/api/console/canned-replies/{id}';
    body: CannedReplyPatch;
    answer: CannedReplyView;
  };
  delete_canned_reply: {
    method: 'DELETE';
    path: '/api/console/canned-replies/{id}';
    body: undefined;
    answer: undefined;
  };
  list_children: {
    method: 'GET';
    path: '/api/console/children';
    body: undefined;
    answer: Children;
  };
  lift_child: {
    method: 'POST';
    path: '/api/console/children/{person_id}/lift';
    body: LiftBody;
    answer: undefined;
  };
  ask_parent: {
    method: 'POST';
    path: '/api/console/children/{person_id}/parent';
    body: ParentBody;
    answer: undefined;
  };
  list_consents: {
    method: 'GET';
    path: '/api/console/consents';
    body: undefined;
    answer: ConsentPageView;
  };
  list_conversations: {
    method: 'GET';
    path: '/api/console/conversations';
    body: undefined;
    answer: InboxPageView;
  };
  get_conversation: {
    method: 'GET';
    path: '/api/console/conversations/{id}';
    body: undefined;
    answer: OneConversationView;
  };
  assign_conversation: {
    method: 'POST';
    path: '/api/console/conversations/{id}/assign';
    body: AssignBody;
    answer: OneConversationView;
  };
  receive_messages: {
    method: 'POST';
    path: '/api/console/conversations/{id}/delivered';
    body: SeqBody;
    answer: undefined;
  };
  list_messages: {
    method: 'GET';
    path: '/api/console/conversations/{id}/messages';
    body: undefined;
    answer: MessagesView;
  };
  send_message: {
    method: 'POST';
    path: '/api/console/conversations/{id}/messages';
    body: AgentMessageBody;
    answer: OneMessage;
  };
  read_messages: {
    method: 'POST';
    path: '/api/console/conversations/{id}/read';
    body: SeqBody;
    answer: undefined;
  };
  reopen_conversation: {
    method: 'POST';
    path: '/api/console/conversations/{id}/reopen';
    body: undefined;
    answer: OneConversationView;
  };
  resolve_conversation: {
    method: 'POST';
    path: '/api/console/conversations/{id}/resolve';
    body: undefined;
    answer: OneConversationView;
  };
  snooze_conversation: {
    method: 'POST';
    path: '/api/console/conversations/{id}/snooze';
    body: SnoozeBody;
    answer: OneConversationView;
  };
  type_message: {
    method: 'POST';
    path: '/api/console/conversations/{id}/typing';
    body: undefined;
    answer: undefined;
  };
  mark_conversation_unread: {
    method: 'POST';
    path: '/api/console/conversations/{id}/unread';
    body: undefined;
    answer: undefined;
  };
  list_disclosures: {
    method: 'GET';
    path: '/api/console/disclosures';
    body: undefined;
    answer: Disclosures;
  };
  request_disclosure: {
    method: 'POST';
    path: '/api/console/disclosures';
    body: DisclosureBody;
    answer: Requested;
  };
  get_disclosure: {
    method: 'GET';
    path: '/api/console/disclosures/{id}';
    body: undefined;
    answer: DisclosureView;
  };
  approve_disclosure: {
    method: 'POST';
    path: '/api/console/disclosures/{id}/approve';
    body: StepBody;
    answer: undefined;
  };
  close_disclosure: {
    method: 'POST';
    path: '/api/console/disclosures/{id}/close';
    body: StepBody;
    answer: undefined;
  };
  fetch_disclosure: {
    method: 'GET';
    path: '/api/console/disclosures/{id}/copy';
    body: undefined;
    answer: undefined;
  };
  release_disclosure: {
    method: 'POST';
    path: '/api/console/disclosures/{id}/release';
    body: StepBody;
    answer: undefined;
  };
  review_disclosure: {
    method: 'POST';
    path: '/api/console/disclosures/{id}/review';
    body: StepBody;
    answer: undefined;
  };
  run_drill: {
    method: 'POST';
    path: '/api/console/drill';
    body: DrillBody;
    answer: DrillView;
  };
  get_evidence: {
    method: 'GET';
    path: '/api/console/evidence';
    body: undefined;
    answer: undefined;
  };
  list_holds: {
    method: 'GET';
    path: '/api/console/holds';
    body: undefined;
    answer: Holds;
  };
  place_hold: {
    method: 'POST';
    path: '/api/console/holds';
    body: HoldBody;
    answer: Placed;
  };
  release_hold: {
    method: 'POST';
    path: '/api/console/holds/{id}/release';
    body: ReleaseBody;
    answer: HoldReleaseView;
  };
  list_incidents: {
    method: 'GET';
    path: '/api/console/incidents';
    body: undefined;
    answer: Incidents;
  };
  open_incident: {
    method: 'POST';
    path: '/api/console/incidents';
    body: IncidentBody;
    answer: IncidentView;
  };
  close_incident: {
    method: 'POST';
    path: '/api/console/incidents/{id}/close';
    body: StepBody;
    answer: IncidentView;
  };
  list_affected: {
    method: 'GET';
    path: '/api/console/incidents/{id}/people';
    body: undefined;
    answer: AffectedPageView;
  };
  report_incident: {
    method: 'POST';
    path: '/api/console/incidents/{id}/report';
    body: StepBody;
    answer: IncidentView;
  };
  tell_people: {
    method: 'POST';
    path: '/api/console/incidents/{id}/tell';
    body: TellBody;
    answer: IncidentView;
  };
  create_invitation: {
    method: 'POST';
    path: '/api/console/invitations';
    body: InvitationBody;
    answer: Invited;
  };
  accept_invitation: {
    method: 'POST';
    path: '/api/console/invitations/accept';
    body: AcceptBody;
    answer: SessionView;
  };
  delete_invitation: {
    method: 'DELETE';
    path: '/api/console/invitations/{agent_id}';
    body: undefined;
    answer: undefined;
  };
  resend_invitation: {
    method: 'POST';
    path: '/api/console/invitations/{agent_id}/resend';
    body: NoFields;
    answer: undefined;
  };
  update_me: {
    method: 'PUT';
    path: '/api/console/me';
    body: NameBody;
    answer: undefined;
  };
  update_availability: {
    method: 'PUT';
    path: '/api/console/me/availability';
    body: AvailabilityBody;
    answer: undefined;
  };
  update_password: {
    method: 'PUT';
    path: '/api/console/password';
    body: ChangeBody;
    answer: undefined;
  };
  forgot_password: {
    method: 'POST';
    path: '/api/console/password/forgot';
    body: ForgotBody;
    answer: undefined;
  };
  reset_password: {
    method: 'POST';
    path: '/api/console/password/reset';
    body: ResetBody;
    answer: undefined;
  };
  get_person: {
    method: 'GET';
    path: '/api/console/people/{person_id}';
    body: undefined;
    answer: HeldPerson;
  };
  block_person: {
    method: 'POST';
    path: '/api/console/people/{person_id}/block';
    body: undefined;
    answer: undefined;
  };
  mark_child: {
    method: 'POST';
    path: '/api/console/people/{person_id}/child';
    body: MarkBody;
    answer: undefined;
  };
  erase_person: {
    method: 'POST';
    path: '/api/console/people/{person_id}/erase';
    body: EraseBody;
    answer: ErasureView;
  };
  reveal_field: {
    method: 'POST';
    path: '/api/console/people/{person_id}/reveal';
    body: RevealBody;
    answer: RevealedView;
  };
  unblock_person: {
    method: 'POST';
    path: '/api/console/people/{person_id}/unblock';
    body: undefined;
    answer: undefined;
  };
  get_policy: {
    method: 'GET';
    path: '/api/console/policy';
    body: undefined;
    answer: PolicyView;
  };
  check_policy: {
    method: 'POST';
    path: '/api/console/policy/check';
    body: PolicyBody;
    answer: PolicyCheckView;
  };
  publish_policy: {
    method: 'POST';
    path: '/api/console/policy/publish';
    body: PolicyBody;
    answer: PublishedView;
  };
  simulate_policy: {
    method: 'POST';
    path: '/api/console/policy/simulate';
    body: PolicyBody;
    answer: SimulationView;
  };
  put_privacy_check: {
    method: 'PUT';
    path: '/api/console/privacy-check';
    body: PrivacyCheckReport;
    answer: PrivacyCheckView;
  };
  list_purge_runs: {
    method: 'GET';
    path: '/api/console/purge-runs';
    body: undefined;
    answer: PurgeRunsView;
  };
  list_readings: {
    method: 'GET';
    path: '/api/console/readings';
    body: undefined;
    answer: ReadingPageView;
  };
  list_requests: {
    method: 'GET';
    path: '/api/console/requests';
    body: undefined;
    answer: RequestPageView;
  };
  enter_request: {
    method: 'POST';
    path: '/api/console/requests';
    body: RequestBody;
    answer: EnteredRequestsView;
  };
  get_request: {
    method: 'GET';
    path: '/api/console/requests/{id}';
    body: undefined;
    answer: RequestView;
  };
  execute_request: {
    method: 'POST';
    path: '/api/console/requests/{id}/execute';
    body: NoBody;
    answer: RequestView;
  };
  extend_request: {
    method: 'POST';
    path: '/api/console/requests/{id}/extend';
    body: ExtendBody;
    answer: RequestView;
  };
  hand_over_copy: {
    method: 'POST';
    path: '/api/console/requests/{id}/hand-over';
    body: NoBody;
    answer: LinkView;
  };
  verify_request: {
    method: 'POST';
    path: '/api/console/requests/{id}/verify';
    body: VerifyBody;
    answer: RequestView;
  };
  search_messages: {
    method: 'GET';
    path: '/api/console/search';
    body: undefined;
    answer: SearchPageView;
  };
  get_session: {
    method: 'GET';
    path: '/api/console/session';
    body: undefined;
    answer: SessionView;
  };
  create_session: {
    method: 'POST';
    path: '/api/console/session';
    body: SignInBody;
    answer: SessionView;
  };
  delete_session: {
    method: 'DELETE';
    path: '/api/console/session';
    body: undefined;
    answer: undefined;
  };
  list_sessions: {
    method: 'GET';
    path: '/api/console/sessions';
    body: undefined;
    answer: Sessions;
  };
  delete_other_sessions: {
    method: 'DELETE';
    path: '/api/console/sessions';
    body: undefined;
    answer: undefined;
  };
  delete_one_session: {
    method: 'DELETE';
    path: '/api/console/sessions/{id}';
    body: undefined;
    answer: undefined;
  };
  create_owner: {
    method: 'POST';
    path: '/api/console/setup';
    body: SetupBody;
    answer: SessionView;
  };
  list_sites: {
    method: 'GET';
    path: '/api/console/sites';
    body: undefined;
    answer: Sites;
  };
  create_site: {
    method: 'POST';
    path: '/api/console/sites';
    body: SiteBody;
    answer: SiteView;
  };
  get_site: {
    method: 'GET';
    path: '/api/console/sites/{id}';
    body: undefined;
    answer: SiteView;
  };
  update_site: {
    method: 'PATCH';
    path: '/api/console/sites/{id}';
    body: SitePatch;
    answer: SiteView;
  };
  check_site: {
    method: 'POST';
    path: '/api/console/sites/{id}/check';
    body: undefined;
    answer: undefined;
  };
  create_totp: {
    method: 'POST';
    path: '/api/console/totp';
    body: PasswordBody;
    answer: Start;
  };
  update_totp: {
    method: 'PUT';
    path: '/api/console/totp';
    body: CodeBody;
    answer: RecoveryCodes;
  };
  delete_totp: {
    method: 'DELETE';
    path: '/api/console/totp';
    body: PasswordBody;
    answer: undefined;
  };
  list_webhooks: {
    method: 'GET';
    path: '/api/console/webhooks';
    body: undefined;
    answer: WebhooksView;
  };
  create_webhook: {
    method: 'POST';
    path: '/api/console/webhooks';
    body: WebhookBody;
    answer: WebhookMade;
  };
  update_webhook: {
    method: 'PATCH';
    path: '/api/console/webhooks/{id}';
    body: WebhookPatch;
    answer: WebhookView;
  };
  delete_webhook: {
    method: 'DELETE';
    path: '/api/console/webhooks/{id}';
    body: undefined;
    answer: undefined;
  };
  list_deliveries: {
    method: 'GET';
    path: '/api/console/webhooks/{id}/deliveries';
    body: undefined;
    answer: Deliveries;
  };
  replay_delivery: {
    method: 'POST';
    path: '/api/console/webhooks/{id}/deliveries/{event_id}/replay';
    body: Nothing;
    answer: undefined;
  };
  renew_webhook_secret: {
    method: 'POST';
    path: '/api/console/webhooks/{id}/secret';
    body: Nothing;
    answer: WebhookMade;
  };
  get_working_hours: {
    method: 'GET';
    path: '/api/console/working-hours';
    body: undefined;
    answer: Record<string, unknown>;
  };
  update_working_hours: {
    method: 'PUT';
    path: '/api/console/working-hours';
    body: Record<string, unknown>;
    answer: Record<string, unknown>;
  };
  get_workspace: {
    method: 'GET';
    path: '/api/console/workspace';
    body: undefined;
    answer: WorkspaceView;
  };
  update_workspace: {
    method: 'PATCH';
    path: '/api/console/workspace';
    body: WorkspaceBody;
    answer: WorkspaceView;
  };
  list_own_conversations: {
    method: 'GET';
    path: '/api/widget/conversations';
    body: undefined;
    answer: VisitorConversationsView;
  };
  receive_own_messages: {
    method: 'POST';
    path: '/api/widget/conversations/{id}/delivered';
    body: SeqBody;
    answer: undefined;
  };
  end_conversation: {
    method: 'POST';
    path: '/api/widget/conversations/{id}/end';
    body: undefined;
    answer: undefined;
  };
  list_own_messages: {
    method: 'GET';
    path: '/api/widget/conversations/{id}/messages';
    body: undefined;
    answer: MessagesView;
  };
  send_own_message: {
    method: 'POST';
    path: '/api/widget/conversations/{id}/messages';
    body: VisitorMessageBody;
    answer: OneMessage;
  };
  rate_conversation: {
    method: 'POST';
    path: '/api/widget/conversations/{id}/rating';
    body: RatingBody;
    answer: undefined;
  };
  read_own_messages: {
    method: 'POST';
    path: '/api/widget/conversations/{id}/read';
    body: SeqBody;
    answer: undefined;
  };
  type_own_message: {
    method: 'POST';
    path: '/api/widget/conversations/{id}/typing';
    body: undefined;
    answer: undefined;
  };
  get_own_data: {
    method: 'GET';
    path: '/api/widget/me';
    body: undefined;
    answer: HeldView;
  };
  choose_channel: {
    method: 'POST';
    path: '/api/widget/me/channel';
    body: ChannelBody;
    answer: ChannelView;
  };
  choose_purpose: {
    method: 'POST';
    path: '/api/widget/me/consent';
    body: ChoiceBody;
    answer: ChoiceView;
  };
  update_own_contact: {
    method: 'PUT';
    path: '/api/widget/me/contact';
    body: ContactBody;
    answer: ContactView;
  };
  erase_own_data: {
    method: 'POST';
    path: '/api/widget/me/erase';
    body: EraseBody;
    answer: ErasureView;
  };
  export_own_data: {
    method: 'GET';
    path: '/api/widget/me/export';
    body: undefined;
    answer: Record<string, unknown>;
  };
  get_notice: {
    method: 'GET';
    path: '/api/widget/me/notice';
    body: undefined;
    answer: NoticeView;
  };
  answer_notice: {
    method: 'POST';
    path: '/api/widget/me/notice';
    body: AnswerBody;
    answer: AnswerView;
  };
  ask_notices: {
    method: 'POST';
    path: '/api/widget/me/notices';
    body: NoticesBody;
    answer: undefined;
  };
  open_privacy_centre: {
    method: 'POST';
    path: '/api/widget/me/privacy-centre';
    body: NoBody;
    answer: LinkView;
  };
  choose_remembering: {
    method: 'POST';
    path: '/api/widget/me/remember';
    body: RememberBody;
    answer: RememberView;
  };
  pass_age_gate: {
    method: 'POST';
    path: '/api/widget/{site_id}/age';
    body: AgeBody;
    answer: AgePassView;
  };
  get_widget_config: {
    method: 'GET';
    path: '/api/widget/{site_id}/config';
    body: undefined;
    answer: WidgetConfig;
  };
  start_conversation: {
    method: 'POST';
    path: '/api/widget/{site_id}/conversations';
    body: NewConversationBody;
    answer: StartedView;
  };
  get_health: {
    method: 'GET';
    path: '/healthz';
    body: undefined;
    answer: undefined;
  };
  get_readiness: {
    method: 'GET';
    path: '/readyz';
    body: undefined;
    answer: undefined;
  };
  get_version: {
    method: 'GET';
    path: '/version';
    body: undefined;
    answer: Version;
  };
}
