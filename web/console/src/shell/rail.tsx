import type { InboxView } from "@chatham/client";
import { t } from "../core/i18n";
import type { Route } from "../core/router";
import { useStore } from "../core/store";
import { pathOf, readPlace, views } from "../inbox/place";
import { listing } from "../inbox/state";
import { Keys } from "../kit/button";
import { Icon, Mark } from "../kit/icon";
import { Link } from "../kit/link";
import { may, sessionState } from "../session/state";
import type { Window } from "./commands";
import { Me } from "./me";
import type { Area } from "./shell";

interface RailProps {
  area: Area;
  route: Route;
  onOpen: (window: Window) => void;
}

export function Rail({ area, route, onOpen }: RailProps) {
  const workspace = useStore(sessionState, (now) =>
    now.status === "in" ? now.session.workspace.name : "",
  );
  return (
    <nav class="rail" aria-label={t("rail.label")}>
      <div class="rail-brand">
        <Mark size={28} />
        <span class="rail-workspace">
          <bdi>{workspace}</bdi>
        </span>
      </div>
      <ul class="rail-list rail-views">
        {views.map((view) => (
          <ViewLink key={view} view={view} area={area} route={route} />
        ))}
      </ul>
      <ul class="rail-list rail-places">
        <li class="rail-phone">
          <Link to="inbox" current={area === "inbox" && "page"}>
            <Icon name="inbox" />
            <span class="rail-text">{t("inbox.title")}</span>
          </Link>
        </li>
        <li>
          <Link to="search" current={area === "search" && "page"}>
            <Icon name="search" />
            <span class="rail-text">{t("search.title")}</span>
            <Keys keys="/" />
          </Link>
        </li>
        {may("erase") && (
          <li>
            <Link to="privacy" current={area === "privacy" && "page"}>
              <Icon name="seal" />
              <span class="rail-text">{t("privacy.title")}</span>
            </Link>
          </li>
        )}
        <li>
          <Link to="settings" current={area === "settings" && "page"}>
            <Icon name="settings" />
            <span class="rail-text">{t("settings.title")}</span>
          </Link>
        </li>
      </ul>
      <div class="rail-foot">
        <button
          type="button"
          class="rail-button"
          aria-keyshortcuts="Control+K"
          onClick={() => onOpen("palette")}
        >
          <Icon name="keys" />
          <span class="rail-text">{t("rail.commands")}</span>
          <Keys keys="Mod+K" />
        </button>
        <Me />
      </div>
    </nav>
  );
}

function ViewLink({ view, area, route }: { view: InboxView; area: Area; route: Route }) {
  const place = readPlace(route);
  const count = useStore(listing, (now) => now.counts[view]);
  const state = area === "inbox" ? place.state : "open";
  return (
    <li>
      <Link
        to={pathOf({ view, state, conversationId: undefined })}
        current={area === "inbox" && place.view === view && "page"}
      >
        <Icon name={view} />
        <span class="rail-text">{t(`view.${view}`)}</span>
        {count > 0 && <span class="rail-count">{count}</span>}
      </Link>
    </li>
  );
}
