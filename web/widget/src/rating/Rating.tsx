import { useState } from "preact/hooks";
import { attempt, findCurrent, getPolicyVersion, type Key } from "../core";
import type { Widget } from "../widget";

const SCORES = [1, 2, 3, 4, 5] as const;
const WORDS: readonly Key[] = ["rate1", "rate2", "rate3", "rate4", "rate5"];
const COMMENT_CHARS_MAX = 2000;

/** Asked once, when a conversation is over. */
export function Rating({ w }: { w: Widget }) {
  const { t } = w;
  const conversation = findCurrent(w.state);
  const [score, setScore] = useState(0);
  const [comment, setComment] = useState("");
  if (!conversation) return null;
  const { rating } = conversation;
  const given = typeof rating === "number" ? rating : rating?.score;
  if (given) {
    return (
      <p class="bar" role="status">
        {t("rateDone", { n: given })}
      </p>
    );
  }

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (!conversation || score === 0) return;
    const words = comment.trim();
    const sent = await attempt(w, () =>
      w.api.post(`/conversations/${conversation.id}/rating`, {
        score,
        ...(words ? { comment: words } : {}),
        policy_version: getPolicyVersion(w),
      }),
    );
    if (!sent) return;
    w.getRoom()?.talk.addConversation({ ...conversation, rating: { score } });
  }
  return (
    <form class="card" onSubmit={(event) => void send(event)}>
      <fieldset>
        <legend>{t("rateAsk")}</legend>
        <div class="scores">
          {SCORES.map((it) => (
            <label key={it}>
              <input
                type="radio"
                name="score"
                value={it}
                checked={score === it}
                onChange={() => setScore(it)}
              />
              <span aria-hidden="true">{new Intl.NumberFormat(w.locale).format(it)}</span>
              <span class="sr">{t(WORDS[it - 1] ?? "rate3")}</span>
            </label>
          ))}
        </div>
        <p class="ends muted" aria-hidden="true">
          <span>{t("rate1")}</span>
          <span>{t("rate5")}</span>
        </p>
      </fieldset>
      {score > 0 && (
        <>
          <label>
            <span>
              {t("rateComment")} ({t("optional")})
            </span>
            <textarea
              rows={2}
              maxLength={COMMENT_CHARS_MAX}
              dir="auto"
              value={comment}
              onInput={(event) => setComment(event.currentTarget.value)}
            />
          </label>
          <button type="submit">{t("rateSend")}</button>
        </>
      )}
    </form>
  );
}
