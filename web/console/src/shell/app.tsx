import { t } from "../core/i18n";
import { type Route, useRoute } from "../core/router";
import { useStore } from "../core/store";
import { Trouble } from "../kit/bits";
import { Toasts } from "../kit/toast";
import { Forgot, Reset } from "../session/forgot";
import { Frame } from "../session/frame";
import { Invite } from "../session/invite";
import { Login } from "../session/login";
import { Setup } from "../session/setup";
import { loadSession, sessionState } from "../session/state";
import { Shell } from "./shell";

/** What stands on the screen: a page for everybody, the way in, or the console. */
export function App({ token }: { token: string }) {
  const route = useRoute();
  const state = useStore(sessionState, (now) => now);
  const open = openPage(route, token);
  if (open) return open;
  return (
    <>
      {state.status === "loading" && <p class="loading">{t("common.loading")}</p>}
      {state.status === "unreachable" && (
        <Frame title={t("app.unreachable")}>
          <Trouble error={state.error} onRetry={() => void loadSession()} />
        </Frame>
      )}
      {state.status === "out" && <Login ended={state.ended} />}
      {state.status === "in" && <Shell key={state.session.agent.id} route={route} />}
      <Toasts />
    </>
  );
}

function openPage(route: Route, token: string) {
  switch (route.path[0]) {
    case "setup":
      return <Setup token={token} />;
    case "invite":
      return <Invite token={token} />;
    case "reset":
      return <Reset token={token} />;
    case "forgot":
      return <Forgot />;
    default:
      return undefined;
  }
}
