// The console's side of the HTTP contract. Times are integer microseconds UTC, ids are UUIDs as text.

export type Micros = number;

export type Role = "owner" | "admin" | "agent" | "analyst" | "marketer" | "privacy_officer";
export type Availability = "online" | "away";
export type ConversationState = "open" | "snoozed" | "resolved";
export type InboxView = "mine" | "unassigned" | "all";
export type MessageKind = "message" | "note" | "system";
export type AuthorKind = "visitor" | "agent" | "system";

export interface Agent {
  id: string;
  name: string;
  email: string;
  role: Role;
  state: "active" | "invited" | "disabled";
  availability: Availability;
  online: boolean;
}

export interface SessionAgent {
  id: string;
  name: string;
  email: string;
  role: Role;
  availability: Availability;
  totp_enabled: boolean;
}

export interface Workspace {
  id: string;
  name: string;
}

export interface Session {
  agent: SessionAgent;
  workspace: Workspace;
  policy_version: number;
  permissions: string[];
}

export interface SessionRow {
  id: string;
  created_at: Micros;
  last_seen_at: Micros;
  current: boolean;
}

export interface Visitor {
  id: string;
  name?: string | null;
  label: string;
  online: boolean;
  blocked: boolean;
  locale?: string | null;
}

export interface MessagePreview {
  kind: MessageKind;
  author_kind: AuthorKind;
  preview: string;
}

export interface Page {
  url: string;
  title?: string | null;
}

export interface Rating {
  score: number;
  comment?: string | null;
}

export interface Conversation {
  id: string;
  site_id: string;
  site_name: string;
  person_id: string;
  visitor: Visitor;
  state: ConversationState;
  snoozed_until?: Micros | null;
  assignee_id?: string | null;
  last_seq: number;
  last_message_at: Micros;
  last_message?: MessagePreview | null;
  waiting_since?: Micros | null;
  unread: number;
  visitor_read_seq: number;
  visitor_delivered_seq: number;
  page?: Page | null;
  rating?: Rating | null;
  created_at: Micros;
  resolved_at?: Micros | null;
}

export interface Counts {
  mine: number;
  unassigned: number;
  all: number;
}

export interface ConversationPage {
  conversations: Conversation[];
  next_cursor?: string | null;
  counts: Counts;
}

export interface Author {
  kind: AuthorKind;
  id?: string | null;
  name?: string | null;
}

export interface Message {
  id: string;
  conversation_id: string;
  seq: number;
  kind: MessageKind;
  author: Author;
  body: string;
  client_msg_id?: string | null;
  created_at: Micros;
}

export interface MessagePage {
  messages: Message[];
  has_more: boolean;
}

export interface HeldItem {
  field: string;
  label: string;
  masked?: string | null;
  revealable?: boolean | null;
  source: string;
  purpose: string;
  retention: string;
  delete_at?: Micros | null;
  recipients: string[];
}

export interface Reader {
  agent_id?: string | null;
  role: string;
  purpose?: string | null;
  count: number;
  last_at?: Micros | null;
}

export interface Consent {
  purpose: string;
  granted: boolean;
  policy_version: number;
  way: string;
  ledger_index?: number | null;
  at: Micros;
}

export interface Person {
  person_id: string;
  label: string;
  items: HeldItem[];
  readers: Reader[];
  consents: Consent[];
  blocked: boolean;
}

/** A signed receipt. Its fields belong to the ledger; the console shows and saves it as it is. */
export type Receipt = Record<string, unknown>;

export interface CannedReply {
  id: string;
  shortcut: string;
  title: string;
  body: string;
  updated_at: Micros;
}

export interface SearchResult {
  conversation_id: string;
  seq: number;
  author_kind: AuthorKind;
  snippet: string;
  created_at: Micros;
  label: string;
}

export interface SearchPage {
  results: SearchResult[];
  next_cursor?: string | null;
}

/** What an owner chooses; the server adds the ink that can be read on the accent. */
export interface LookChoice {
  accent: string;
  position: "right" | "left";
  theme: "auto" | "light" | "dark";
  launcher: string;
}

export interface Look extends LookChoice {
  accent_text: string;
}

export interface Greetings {
  online: string;
  away: string;
  offline: string;
}

export interface Site {
  id: string;
  name: string;
  origins: string[];
  look: Look;
  locale: string;
  greetings: Greetings;
  offline_form: boolean;
  ask_name: boolean;
  ask_email: boolean;
  snippet: string;
  csp: string;
  seen_at?: Micros | null;
  seen_origin?: string | null;
}

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
  use?: string | null;
  basis: string;
  categories: string[];
  roles: string[];
  channels?: string[] | null;
  retain: string;
  built?: boolean | null;
}

export interface PolicyCategory {
  key: string;
  fields: string[];
  protect: string;
}

export interface PolicyProcessor {
  key: string;
  name: string;
  country: string;
  kind: string;
  purposes: string[];
  categories: string[];
  hosts: string[];
}

export interface PolicyView {
  version: number;
  effective: string;
  hash: string;
  floor: string;
  text: string;
  purposes: PolicyPurpose[];
  categories: PolicyCategory[];
  processors: PolicyProcessor[];
  url: string;
}

export interface TotpStart {
  secret: string;
  uri: string;
  qr_svg?: string | null;
}

export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  mend?: string;
  clause?: number | string;
  fields?: FieldProblem[];
  retry_after_s?: number;
  latest_seq?: number;
}
