// What the server says to a visitor's browser. Times are microseconds UTC.

export type Availability = "online" | "away" | "offline";

export interface SiteConfig {
  readonly site_id: string;
  readonly name: string;
  readonly policy_version: number | string;
  readonly policy_url: string;
  readonly availability: Availability;
  readonly greeting: string;
  readonly offline_form: boolean;
  readonly reply_within_text?: string | null;
  readonly retention_note: string;
  readonly fields: { readonly name: boolean; readonly email: boolean };
  readonly remember_allowed: boolean;
  readonly preview: boolean;
}

export interface Visitor {
  readonly id: string;
  readonly name?: string | null;
  readonly email_masked?: string | null;
  readonly remembered: boolean;
}

export interface Conversation {
  readonly id: string;
  readonly state: "open" | "snoozed" | "resolved";
  readonly created_at: number;
  readonly last_seq: number;
  readonly last_message_at: number;
  readonly unread: number;
  readonly agent_read_seq: number;
  readonly agent_delivered_seq: number;
  readonly visitor_read_seq: number;
  readonly rating?: { readonly score: number; readonly comment?: string | null } | number | null;
  readonly assignee?: { readonly name: string } | null;
}

export interface Message {
  readonly id: string;
  readonly conversation_id: string;
  readonly seq: number;
  readonly kind: "message" | "system";
  readonly author: {
    readonly kind: "visitor" | "agent" | "system";
    readonly id?: string | null;
    readonly name?: string | null;
  };
  readonly body: string;
  readonly client_msg_id?: string | null;
  readonly created_at: number;
}

export interface Started {
  readonly visitor: Visitor;
  readonly conversation: Conversation;
  readonly message: Message;
}

export interface HeldItem {
  readonly field: string;
  readonly label: string;
  readonly value?: string | null;
  readonly source: string;
  readonly purpose: string;
  readonly retention: string;
  readonly delete_at?: number | null;
  readonly recipients: readonly string[];
}

export interface Held {
  readonly items: readonly HeldItem[];
  readonly readers: readonly {
    readonly role: string;
    readonly count: number;
    readonly last_at?: number | null;
  }[];
  readonly conversations: number;
  readonly policy_version: number | string;
}

/** The proof of an act, as the ledger gives it; this browser only keeps and shows it. */
export type Receipt = Readonly<Record<string, unknown>>;
