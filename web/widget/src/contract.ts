// What the server says to a visitor's browser, under the widget's own words. The shapes are made
// from the server's description of itself. Times are microseconds UTC.
import type {
  ErasureView,
  HeldItem,
  HeldView,
  MessagesView,
  MessageView,
  StartedView,
  VisitorConversationsView,
  VisitorConversationView,
  VisitorView,
  WidgetConfig,
} from "@chatham/client/api.gen";

export type SiteConfig = WidgetConfig;
export type Visitor = VisitorView;
export type Conversation = VisitorConversationView;
export type Conversations = VisitorConversationsView;
export type Message = MessageView;
export type Messages = MessagesView;
export type Started = StartedView;
export type Held = HeldView;
export type { HeldItem };
/** The proof of an act, as the ledger gives it; this browser only keeps and shows it. */
export type Receipt = ErasureView["receipt"];
