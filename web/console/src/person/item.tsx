import { api, type HeldItem } from "@chatham/client";
import { useEffect, useState } from "preact/hooks";
import { t, tCode } from "../core/i18n";
import { useAction } from "../core/load";
import { wordRetention } from "../core/retention";
import { longDate, relative } from "../core/time";
import { wordError } from "../core/wording";
import { may } from "../session/state";

const SHOWN_MS = 60_000;

interface HeldLineProps {
  item: HeldItem;
  personId: string;
}

export function HeldLine({ item, personId }: HeldLineProps) {
  const { value, hide, reveal, busy, error } = useReveal(item, personId);
  return (
    <li class="held-item">
      <div class="held-top">
        <span class="held-label">{item.label}</span>
        {item.revealable && (
          <button
            type="button"
            class="text-button"
            disabled={busy}
            title={t("person.revealLogged")}
            onClick={value === undefined ? reveal : hide}
          >
            {value === undefined ? t("person.reveal") : t("person.hide")}
            <span class="unseen"> {item.label}</span>
          </button>
        )}
      </div>
      <p class={value === undefined ? "held-value" : "held-value held-open"} dir="auto">
        {value ?? item.masked ?? ""}
      </p>
      {value !== undefined && (
        <p class="held-logged" role="status">
          {t("person.logged", { purpose: tCode("purpose", readingPurpose()) })}
        </p>
      )}
      {error !== undefined && (
        <p class="field-error" role="alert">
          {wordError(error)}
        </p>
      )}
      <dl class="held-facts">
        <Fact name={t("person.why")} text={tCode("purpose", item.purpose)} />
        <Fact name={t("person.from")} text={tCode("source", item.source)} />
        <Fact name={t("person.until")} text={untilText(item)} />
        {item.recipients.length > 0 && (
          <Fact name={t("person.recipients")} text={item.recipients.join(", ")} />
        )}
      </dl>
    </li>
  );
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

function untilText(item: HeldItem): string {
  if (!item.delete_at) return wordRetention(item.retention);
  return t("person.deleted", { date: longDate(item.delete_at), when: relative(item.delete_at) });
}

/** What an agent reads for: to answer, or, without that right, to carry out the person's own. */
function readingPurpose(): string {
  return may("answer") ? "support.reply" : "rights.request";
}

/** A value in the clear, for a minute. Each reading is logged by the server before it answers. */
function useReveal(item: HeldItem, personId: string) {
  const [value, setValue] = useState<string | undefined>();
  const action = useAction();
  useEffect(() => {
    if (value === undefined) return undefined;
    const timer = setTimeout(() => setValue(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [value]);
  const reveal = () =>
    void action.run(async () => {
      const answer = await api.people.reveal(personId, item.field, readingPurpose());
      setValue(answer.value);
    });
  return {
    value,
    reveal,
    hide: () => setValue(undefined),
    busy: action.busy,
    error: action.error,
  };
}
