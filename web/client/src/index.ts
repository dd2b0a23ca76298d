/** Who is signed in to the console. */
export interface Session {
  agent: { id: string; name: string };
}

/** The session of this browser, or null when nobody is signed in. */
export async function getSession(): Promise<Session | null> {
  const response = await fetch("/api/console/session");
  return response.ok ? ((await response.json()) as Session) : null;
}
