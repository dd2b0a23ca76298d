import type { Day, OpenHours } from "@chatham/client";
import { t } from "../../core/i18n";
import { Button, IconButton } from "../../kit/button";
import { days } from "./overlap";

interface DaysProps {
  days: readonly OpenHours[];
  wrong: Day | undefined;
  onChange: (days: OpenHours[]) => void;
}

export function Days({ days: all, wrong, onChange }: DaysProps) {
  const put = (old: OpenHours, next: OpenHours) =>
    onChange(all.map((one) => (one === old ? next : one)));
  return (
    <div class="days">
      {days.map((day) => {
        const mine = all.filter((one) => one.day === day);
        return (
          <fieldset key={day} class="day-row">
            <legend>{t(`day.${day}`)}</legend>
            <div class="day-spans">
              {mine.length === 0 && <span class="muted">{t("hours.closed")}</span>}
              {mine.map((span, at) => (
                <SpanFields
                  key={at}
                  span={span}
                  onChange={(next) => put(span, next)}
                  onRemove={() => onChange(all.filter((one) => one !== span))}
                />
              ))}
              {wrong === day && (
                <p class="field-error" role="alert">
                  {t("hours.overlap")}
                </p>
              )}
            </div>
            <Button
              kind="quiet"
              icon="plus"
              onClick={() => onChange([...all, nextSpan(day, mine)])}
            >
              {t("hours.addSpan")}
              <span class="unseen"> {t(`day.${day}`)}</span>
            </Button>
          </fieldset>
        );
      })}
    </div>
  );
}

function nextSpan(day: Day, mine: readonly OpenHours[]): OpenHours {
  const last = mine.at(-1);
  if (!last) return { day, from: "09:00", to: "17:00" };
  const from = last.to < "23:00" ? last.to : "23:00";
  return { day, from, to: "23:59" };
}

interface SpanFieldsProps {
  span: OpenHours;
  onChange: (span: OpenHours) => void;
  onRemove: () => void;
}

function SpanFields({ span, onChange, onRemove }: SpanFieldsProps) {
  const name = t(`day.${span.day}`);
  return (
    <span class="span-fields">
      <input
        type="time"
        required
        aria-label={t("hours.from", { day: name })}
        value={span.from}
        onInput={(event) => onChange({ ...span, from: event.currentTarget.value })}
      />
      <span aria-hidden="true">–</span>
      <input
        type="time"
        required
        aria-label={t("hours.to", { day: name })}
        value={span.to}
        onInput={(event) => onChange({ ...span, to: event.currentTarget.value })}
      />
      <IconButton icon="close" label={t("hours.removeSpan", { day: name })} onClick={onRemove} />
    </span>
  );
}
