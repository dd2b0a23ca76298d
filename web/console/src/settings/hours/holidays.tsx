import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { longDate } from "../../core/time";
import { Button, IconButton } from "../../kit/button";
import { Field } from "../../kit/field";

interface HolidaysProps {
  holidays: readonly string[];
  onChange: (holidays: string[]) => void;
}

export function Holidays({ holidays, onChange }: HolidaysProps) {
  const [text, setText] = useState("");
  const add = () => {
    if (text !== "") onChange([...new Set([...holidays, text])].sort());
    setText("");
  };
  return (
    <>
      <ul class="tags">
        {holidays.map((day) => (
          <li key={day}>
            <time dateTime={day}>{longDate(Date.parse(`${day}T12:00:00`) * 1000)}</time>
            <IconButton
              icon="close"
              label={t("hours.removeHoliday", { day })}
              onClick={() => onChange(holidays.filter((one) => one !== day))}
            />
          </li>
        ))}
      </ul>
      <div class="inline-form">
        <Field label={t("hours.newHoliday")} type="date" value={text} onInput={setText} />
        <Button icon="plus" disabled={text === ""} onClick={add}>
          {t("common.add")}
        </Button>
      </div>
    </>
  );
}
