// The address of the inbox: which list, which conversation.
import type { ConversationState, InboxView } from "@chatham/client";
import { getRoute, go, type Route } from "../core/router";

export const views: readonly InboxView[] = ["mine", "unassigned", "all"];
export const states: readonly ConversationState[] = ["open", "snoozed", "resolved"];

export interface InboxPlace {
  view: InboxView;
  state: ConversationState;
  conversationId: string | undefined;
}

export function readPlace(route: Route): InboxPlace {
  const view = views.find((one) => one === route.query.get("view")) ?? "all";
  const state = states.find((one) => one === route.query.get("state")) ?? "open";
  return { view, state, conversationId: route.path[1] };
}

export function pathOf(place: InboxPlace): string {
  const query = new URLSearchParams();
  if (place.view !== "all") query.set("view", place.view);
  if (place.state !== "open") query.set("state", place.state);
  const text = query.toString();
  const id = place.conversationId ? `/${place.conversationId}` : "";
  return `inbox${id}${text ? `?${text}` : ""}`;
}

export function goTo(change: Partial<InboxPlace>, how: "push" | "replace" = "push"): void {
  const here = readPlace(getRoute());
  const place = getRoute().path[0] === "inbox" ? here : { ...here, conversationId: undefined };
  go(pathOf({ ...place, ...change }), how);
}
