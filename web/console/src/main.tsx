import "@chatham/ui/tokens.css";
import { getSession, type Session } from "@chatham/client";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

function App() {
  const [session, setSession] = useState<Session | null | undefined>();
  useEffect(() => {
    void getSession().then(setSession);
  }, []);
  if (session === undefined) return null;
  return <main>{session ? session.agent.name : "Signed out"}</main>;
}

const place = document.getElementById("app");
if (place) render(<App />, place);
