import { t } from "../../core/i18n";
import { Switch } from "../../kit/field";

interface EventsProps {
  all: string[];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

/** Which kinds of events are sent. */
export function Events({ all, chosen, onChange }: EventsProps) {
  const turn = (event: string, on: boolean) =>
    onChange(all.filter((one) => (one === event ? on : chosen.includes(one))));
  return (
    <fieldset class="webhook-events">
      <legend>{t("webhooks.events")}</legend>
      {all.map((event) => (
        <Switch
          key={event}
          label={event}
          on={chosen.includes(event)}
          onChange={(on) => turn(event, on)}
        />
      ))}
    </fieldset>
  );
}
