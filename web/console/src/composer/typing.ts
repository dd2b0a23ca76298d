// "Desk writes": told at most every few seconds, and never for notes.
import { api } from "@chatham/client";

const TOLD_EVERY_MS = 3000;

let toldAt = 0;
let toldFor = "";

export function tellTyping(conversationId: string): void {
  const now = Date.now();
  if (toldFor === conversationId && now - toldAt < TOLD_EVERY_MS) return;
  toldAt = now;
  toldFor = conversationId;
  api.conversations.typing(conversationId).catch(() => {
    // A sign of life that was lost is not worth a word.
  });
}
