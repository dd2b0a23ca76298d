// All that a conversation needs, in one file of its own: a first opening does without it.
import type { Core } from "../core";
import { loadNews } from "../news/load";
import { adopt } from "../style";
import { Cards } from "./Cards";
import { Log } from "./Log";
import css from "./room.css?inline";
import { createSending, type Sending } from "./sending";
import { createTalk, type Talk } from "./talk";

export interface Room {
  readonly talk: Talk;
  readonly sending: Sending;
  readonly Log: typeof Log;
  readonly Cards: typeof Cards;
}

/** Joins what is sent with what is heard. */
export function createRoom(core: Core, loadConfig: () => Promise<void>): Room {
  adopt(core.bridge.root, css);
  const sending: Sending = createSending(core, {
    onStart({ conversation, message, visitor }) {
      core.set({ visitor, current: conversation.id, isErased: false, receipt: null });
      talk.addConversation(conversation);
      talk.addMessage(message);
      talk.connect();
      core.bridge.emit("start", { conversation_id: conversation.id });
    },
    onSent(message) {
      talk.addMessage(message);
      // Where use after notice counts, this was it: the visitor is told.
      if (core.state.news?.agreement === "deemed" && core.state.news.due) void loadNews(core);
    },
  });
  const talk: Talk = createTalk(core, {
    onHello() {
      void loadConfig().then(sending.resume);
      void loadNews(core);
    },
    onSettled: sending.settle,
    onForget: sending.clear,
  });
  return { talk, sending, Log, Cards };
}
