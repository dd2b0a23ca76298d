import type { ComponentType } from "preact";
import { type Key, t } from "../core/i18n";
import type { Route } from "../core/router";
import { Link } from "../kit/link";
import { may, type Right } from "../session/state";
import { Choices } from "./choices";
import { Disclosures } from "./disclosures";
import { Drill } from "./drill";
import { Holds } from "./holds";
import { Incidents } from "./incidents";
import { Proof } from "./proof";
import { Purges } from "./purges";
import { Readings } from "./readings";
import { Requests } from "./requests";

interface View {
  id: string;
  name: Key;
  page: ComponentType;
  /** Whoever has no such right does not see it. */
  right?: Right;
}

const views: readonly View[] = [
  { id: "requests", name: "desk.requests", page: Requests },
  { id: "choices", name: "desk.choices", page: Choices },
  { id: "readings", name: "desk.readings", page: Readings },
  { id: "purges", name: "desk.purges", page: Purges },
  { id: "holds", name: "desk.holds", page: Holds, right: "hold" },
  { id: "disclosures", name: "desk.disclosures", page: Disclosures, right: "disclose" },
  { id: "incidents", name: "desk.incidents", page: Incidents },
  { id: "drill", name: "desk.drill", page: Drill },
  { id: "proof", name: "desk.proof", page: Proof },
];

/** The privacy desk: what people ask and chose, what went, what went wrong, and the proof of it all. */
export function Desk({ route }: { route: Route }) {
  const shown = views.filter((view) => !view.right || may(view.right));
  const wanted = shown.find((view) => view.id === route.path[1]) ?? shown[0];
  const Page = wanted?.page;
  return (
    <div class="desk">
      <header class="desk-head">
        <h2>{t("privacy.title")}</h2>
      </header>
      <nav class="desk-tabs" aria-label={t("privacy.title")}>
        <ul>
          {shown.map((view) => (
            <li key={view.id}>
              <Link to={`privacy/${view.id}`} current={view === wanted && "page"}>
                {t(view.name)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {Page && <Page key={wanted?.id} />}
    </div>
  );
}
