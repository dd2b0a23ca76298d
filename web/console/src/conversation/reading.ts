// What this agent has read of the open conversation: told to the server once the messages were really
// on the screen of a visible page.
import { api, type Conversation } from "@chatham/client";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { patchConversation } from "../inbox/state";

const READ_DELAY_MS = 400;

export interface Reading {
  /** The first message that was unread when the conversation was opened. */
  unreadFrom: number | undefined;
  /** The reader has the end of the log before the eyes. */
  seen: (seq: number) => void;
  markUnread: () => void;
}

export function useReading(conversation: Conversation): Reading {
  const { id, last_seq, unread } = conversation;
  const [unreadFrom] = useState(() => (unread > 0 ? last_seq - unread + 1 : undefined));
  const told = useRef(0);
  const held = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const seen = useCallback(
    (seq: number) => {
      if (held.current || seq <= told.current || document.visibilityState !== "visible") return;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        told.current = seq;
        patchConversation(id, { unread: 0 });
        api.conversations.read(id, seq).catch(() => {
          // Told again with the next message or the next opening.
          told.current = 0;
        });
      }, READ_DELAY_MS);
    },
    [id],
  );
  const markUnread = () => {
    clearTimeout(timer.current);
    held.current = true;
    patchConversation(id, { unread: 1 });
    api.conversations.read(id, Math.max(0, last_seq - 1)).catch(() => undefined);
  };
  return { unreadFrom, seen, markUnread };
}
