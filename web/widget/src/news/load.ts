// What is new in the policy for this visitor. Asked only with a token that the server knows.
import type { NoticeView } from "@chatham/client/api.gen";
import type { Core } from "../core";

/** Fetches it; a failure leaves what is known. */
export async function loadNews(core: Core): Promise<void> {
  if (!core.memory.get().token) return;
  try {
    const found = await core.api.get<Partial<NoticeView>>("/me/notice");
    core.set({ news: found.version === undefined ? null : (found as NoticeView) });
  } catch {
    // Not known to the server yet, or no connection: the next hello asks again.
  }
}

/** Whether the visitor is to be asked, or told that what they wrote counted. */
export function isNewsDue({ state }: Core): boolean {
  const { news, isNewsSeen, policyChange } = state;
  if (!news) return false;
  if (news.due) return news.prompt || policyChange !== null || news.agreement === "deemed";
  return news.answer?.purpose === "policy.deemed" && !isNewsSeen;
}
