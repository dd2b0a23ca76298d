// What this agent has read of the open conversation: told to the server once the messages were really
// on the screen of a visible page.
import { api, type Conversation } from "@chatham/client";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { wordError } from "../core/wording";
import { markRead, patchConversation } from "../inbox/state";
import { toast } from "../kit/toast";

const READ_DELAY_MS = 400;

/** What was unread when the conversation was opened: so many messages of the visitor, up to this one. */
export interface Unread {
  count: number;
  lastSeq: number;
}

export interface Reading {
  unread: Unread;
  /** The reader has the end of the log before the eyes. */
  seen: (seq: number) => void;
  markUnread: () => void;
}

export function useReading(conversation: Conversation): Reading {
  const { id } = conversation;
  const [unread] = useState(() => ({
    count: conversation.unread,
    lastSeq: conversation.last_seq,
  }));
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
        markRead(id);
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
    patchConversation(id, { unread: Math.max(1, conversation.unread) });
    api.conversations.unread(id).catch((error: unknown) => {
      patchConversation(id, { unread: 0 });
      toast(wordError(error), "danger");
    });
  };
  return { unread, seen, markUnread };
}
