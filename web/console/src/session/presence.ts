import type { Agent, Availability } from "@chatham/client";
import { conversations, patchConversation } from "../inbox/state";
import { agents, changeMe, getMe } from "./state";

interface AgentPresence {
  id: string;
  online: boolean;
  availability: Availability;
}

/** Colleagues come and go, and so do visitors. */
export function putPresence(data: Record<string, unknown>): void {
  if (Array.isArray(data.agents)) putAgents(data.agents as AgentPresence[]);
  if (typeof data.person_id === "string") putVisitor(data.person_id, data.online === true);
}

function putAgents(news: readonly AgentPresence[]): void {
  const byId = new Map(news.map((one) => [one.id, one]));
  agents.update((all) =>
    all.map((agent): Agent => {
      const now = byId.get(agent.id);
      return now ? { ...agent, online: now.online, availability: now.availability } : agent;
    }),
  );
  const mine = byId.get(getMe()?.id ?? "");
  if (mine) changeMe({ availability: mine.availability });
}

function putVisitor(personId: string, online: boolean): void {
  for (const one of conversations.get().values()) {
    if (one.person_id === personId && one.visitor.online !== online) {
      patchConversation(one.id, { visitor: { ...one.visitor, online } });
    }
  }
}
