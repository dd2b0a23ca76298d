import { useEffect, useState } from "preact/hooks";
import { listenToKeys } from "../command/keys";
import { Palette } from "../command/palette";
import { KeySheet } from "../command/sheet";
import { t } from "../core/i18n";
import { go, type Route } from "../core/router";
import { Inbox } from "../inbox/inbox";
import { watchTitle } from "../notify/notify";
import { ReceiptDialog } from "../person/receipt";
import { Desk } from "../privacy/desk";
import { Search } from "../search/search";
import { may } from "../session/state";
import { Settings } from "../settings/settings";
import { useAppCommands, type Window } from "./commands";
import { ConnectionBar } from "./connection";
import { NoticeOffer } from "./offer";
import { Rail } from "./rail";
import { connectLive } from "./wire";

/** The console of a signed-in agent. */
export function Shell({ route }: { route: Route }) {
  const [open, setOpen] = useState<Window | undefined>();
  const close = () => setOpen(undefined);
  useEffect(connectLive, []);
  useEffect(listenToKeys, []);
  useAppCommands(setOpen);
  const area = areaOf(route);
  useEffect(() => {
    if (area === "unknown") go(homeOf(), "replace");
  }, [area]);
  useEffect(() => watchTitle(() => `${titleOf(area)} · ${t("app.name")}`), [area]);
  return (
    <div class="shell" data-area={area} data-deep={route.path.length > 1 ? "" : undefined}>
      <Rail area={area} route={route} onOpen={setOpen} />
      <main class="stage">
        <h1 class="unseen">{titleOf(area)}</h1>
        <ConnectionBar />
        {area === "inbox" && <NoticeOffer />}
        {area === "inbox" && <Inbox route={route} />}
        {area === "search" && <Search route={route} />}
        {area === "privacy" && <Desk route={route} />}
        {area === "settings" && <Settings route={route} />}
      </main>
      {open === "palette" && <Palette onClose={close} />}
      {open === "sheet" && <KeySheet onClose={close} />}
      <ReceiptDialog />
    </div>
  );
}

export type Area = "inbox" | "search" | "privacy" | "settings" | "unknown";

/** Whoever does not answer conversations and carries out rights begins at the privacy desk. */
function homeOf(): string {
  return may("erase") && !may("answer") ? "privacy" : "inbox";
}

function areaOf(route: Route): Area {
  const [first] = route.path;
  if (first === "inbox" || first === "search" || first === "settings") return first;
  if (first === "privacy" && may("erase")) return first;
  return "unknown";
}

function titleOf(area: Area): string {
  if (area === "search") return t("search.title");
  if (area === "privacy") return t("privacy.title");
  return area === "settings" ? t("settings.title") : t("inbox.title");
}
