import { useEffect, useState } from "preact/hooks";
import { ConversationPane } from "../conversation/pane";
import { t } from "../core/i18n";
import { NARROW, useMedia } from "../core/media";
import { prefs, setPref } from "../core/prefs";
import type { Route } from "../core/router";
import { useStore } from "../core/store";
import { Empty } from "../kit/bits";
import { Keys } from "../kit/button";
import { PersonPane } from "../person/pane";
import { useListCommands } from "./commands";
import { InboxList } from "./list";
import { readPlace } from "./place";
import { conversations, openListing } from "./state";

/** List, conversation, person: three panes, or one at a time on a phone. */
export function Inbox({ route }: { route: Route }) {
  const place = readPlace(route);
  const { view, state, conversationId } = place;
  useEffect(() => {
    void openListing(view, state);
  }, [view, state]);
  useListCommands(place);
  const isNarrow = useMedia(NARROW);
  const isWished = useStore(prefs, (now) => now.personPane);
  const [overlay, setOverlay] = useState(false);
  // A person pane that lies over the conversation closes when another one is opened.
  useEffect(() => setOverlay(false), [conversationId]);
  const personId = useStore(conversations, (now) =>
    conversationId ? now.get(conversationId)?.person_id : undefined,
  );
  const hasPerson = isNarrow ? overlay : isWished;
  const togglePerson = () => {
    if (isNarrow) setOverlay(!overlay);
    else setPref("personPane", !isWished);
  };
  const pane = conversationId ? (overlay && isNarrow ? "person" : "conversation") : "list";
  return (
    <div class={`inbox${hasPerson && personId ? " inbox-person" : ""}`} data-pane={pane}>
      <InboxList place={place} />
      {conversationId ? (
        <ConversationPane
          key={conversationId}
          id={conversationId}
          place={place}
          personShown={hasPerson}
          onPerson={togglePerson}
        />
      ) : (
        <NoneOpen />
      )}
      {hasPerson && personId && (
        <PersonPane key={personId} personId={personId} onClose={togglePerson} />
      )}
    </div>
  );
}

function NoneOpen() {
  return (
    <section class="conversation conversation-none" aria-label={t("conversation.label")}>
      <Empty icon="inbox" title={t("conversation.none")}>
        <p>
          <Keys keys="j" /> <Keys keys="k" /> {t("conversation.noneMove")} · <Keys keys="Enter" />{" "}
          {t("conversation.noneOpen")} · <Keys keys="?" /> {t("conversation.noneKeys")}
        </p>
      </Empty>
    </section>
  );
}
