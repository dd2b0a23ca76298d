import type { ComponentType } from "preact";
import { type Key, t } from "../core/i18n";
import type { Route } from "../core/router";
import { Icon, type IconName } from "../kit/icon";
import { Link } from "../kit/link";
import { may, type Right } from "../session/state";
import { Account } from "./account/account";
import { Hours } from "./hours/hours";
import { Install } from "./install/install";
import { Look } from "./look/look";
import { PolicyPage } from "./policy/policy";
import { Preferences } from "./preferences/preferences";
import { Replies } from "./replies/replies";
import { Sites } from "./sites/sites";
import { Team } from "./team/team";
import { Webhooks } from "./webhooks/webhooks";

interface Section {
  id: string;
  name: Key;
  icon: IconName;
  right?: Right;
  page: ComponentType;
}

const sections: readonly Section[] = [
  { id: "install", name: "settings.install", icon: "link", right: "manage", page: Install },
  { id: "sites", name: "settings.sites", icon: "globe", right: "manage", page: Sites },
  { id: "look", name: "settings.look", icon: "look", right: "manage", page: Look },
  { id: "team", name: "settings.team", icon: "team", page: Team },
  { id: "hours", name: "settings.hours", icon: "clock", right: "manage", page: Hours },
  { id: "replies", name: "settings.replies", icon: "replies", page: Replies },
  { id: "webhooks", name: "settings.webhooks", icon: "send", right: "manage", page: Webhooks },
  { id: "policy", name: "settings.policy", icon: "policy", page: PolicyPage },
  { id: "account", name: "settings.account", icon: "mine", page: Account },
  { id: "preferences", name: "settings.preferences", icon: "bell", page: Preferences },
];

export function listSections(): Section[] {
  return sections.filter((section) => !section.right || may(section.right));
}

export function Settings({ route }: { route: Route }) {
  const mine = listSections();
  const wanted = route.path[1];
  const shown = mine.find((section) => section.id === wanted);
  const current = shown ?? mine[0];
  const Page = current?.page;
  return (
    <div class="settings" data-pane={wanted ? "page" : "nav"}>
      <nav class="settings-nav" aria-label={t("settings.title")}>
        <h2>{t("settings.title")}</h2>
        <ul>
          {mine.map((section) => (
            <li key={section.id}>
              <Link to={`settings/${section.id}`} current={section === current && "page"}>
                <Icon name={section.icon} />
                <span>{t(section.name)}</span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div class="settings-page">
        <Link to="settings" class="text-button settings-back">
          <Icon name="back" size={16} />
          {t("settings.title")}
        </Link>
        {Page && <Page key={current?.id} />}
      </div>
    </div>
  );
}
