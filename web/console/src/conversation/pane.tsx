import type { Conversation } from "@chatham/client";
import { useEffect, useState } from "preact/hooks";
import { Composer } from "../composer/composer";
import { t } from "../core/i18n";
import { useStore } from "../core/store";
import type { InboxPlace } from "../inbox/place";
import { conversations, findConversation } from "../inbox/state";
import { Trouble } from "../kit/bits";
import { AssignPicker, SnoozeDialog, SnoozePicker } from "./choosers";
import { type Chooser, useConversationCommands } from "./commands";
import { Frozen } from "./frozen";
import { ConversationHead } from "./head";
import { Log } from "./log";
import { MinorDialog } from "./minor";
import { useReading } from "./reading";
import { openThread } from "./thread";

interface PaneProps {
  id: string;
  place: InboxPlace;
  personShown: boolean;
  onPerson: () => void;
}

export function ConversationPane({ id, ...rest }: PaneProps) {
  const conversation = useStore(conversations, (now) => now.get(id));
  const [error, setError] = useState<unknown>();
  const read = () => {
    setError(undefined);
    findConversation(id).catch(setError);
    void openThread(id);
  };
  useEffect(read, [id]);
  if (!conversation) {
    return (
      <section class="conversation" aria-label={t("conversation.label")} aria-busy={!error}>
        <Trouble error={error} onRetry={read} />
      </section>
    );
  }
  return <OpenConversation conversation={conversation} {...rest} />;
}

interface OpenProps extends Omit<PaneProps, "id"> {
  conversation: Conversation;
}

function OpenConversation({ conversation, place, personShown, onPerson }: OpenProps) {
  const [chooser, setChooser] = useState<Chooser | undefined>();
  const close = () => setChooser(undefined);
  const reading = useReading(conversation);
  useConversationCommands({ conversation, place, onPerson, onChoose: setChooser, reading });
  return (
    <section class="conversation" aria-label={t("conversation.label")}>
      <ConversationHead
        conversation={conversation}
        place={place}
        personShown={personShown}
        onPerson={onPerson}
        onChoose={setChooser}
        onUnread={reading.markUnread}
      />
      {conversation.frozen ? (
        <Frozen />
      ) : (
        <>
          <Log conversation={conversation} unread={reading.unread} onSeen={reading.seen} />
          <Composer conversation={conversation} />
        </>
      )}
      <MinorDialog />
      {chooser === "assign" && <AssignPicker conversation={conversation} onClose={close} />}
      {chooser === "snooze" && (
        <SnoozePicker
          conversation={conversation}
          onClose={close}
          onCustom={() => setChooser("snoozeAt")}
        />
      )}
      {chooser === "snoozeAt" && <SnoozeDialog conversation={conversation} onClose={close} />}
    </section>
  );
}
