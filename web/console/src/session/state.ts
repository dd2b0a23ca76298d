// Who is signed in, with what rights, and the team around them.
import { type Agent, api, type Session, setSignedOutHandler } from "@chatham/client";
import { go } from "../core/router";
import { createStore } from "../core/store";
import { hasCode } from "../core/wording";

export type SessionState =
  | { status: "loading" }
  | { status: "out"; ended: boolean }
  | { status: "unreachable"; error: unknown }
  | { status: "in"; session: Session };

export const sessionState = createStore<SessionState>({ status: "loading" });
export const agents = createStore<readonly Agent[]>([]);

setSignedOutHandler(() => {
  if (sessionState.get().status === "in") sessionState.set({ status: "out", ended: true });
});

export async function loadSession(): Promise<void> {
  try {
    const session = await api.session.get();
    sessionState.set({ status: "in", session });
    await loadAgents();
  } catch (error) {
    const isOut = hasCode(error, "unauthenticated") || hasCode(error, "session_expired");
    sessionState.set(isOut ? { status: "out", ended: false } : { status: "unreachable", error });
  }
}

export async function loadAgents(): Promise<void> {
  const answer = await api.agents.list();
  agents.set(answer.agents);
}

export async function signOut(): Promise<void> {
  await api.session.signOut();
  sessionState.set({ status: "out", ended: false });
  go("login", "replace");
}

export function endSession(): void {
  sessionState.set({ status: "out", ended: true });
}

export function getMe(): Session["agent"] | undefined {
  const state = sessionState.get();
  return state.status === "in" ? state.session.agent : undefined;
}

export function changeMe(change: Partial<Session["agent"]>): void {
  sessionState.update((now) => {
    if (now.status !== "in") return now;
    const agent = { ...now.session.agent, ...change };
    return { status: "in", session: { ...now.session, agent } };
  });
}

export function nameOfAgent(id: string | null | undefined): string | undefined {
  return agents.get().find((agent) => agent.id === id)?.name;
}

export type Right = "manage" | "answer" | "erase" | "policy" | "protect" | "hold" | "disclose";

/** Whether the screen offers it; the server decides in any case. */
export function may(right: Right): boolean {
  const state = sessionState.get();
  return state.status === "in" && state.session.permissions.includes(right);
}
