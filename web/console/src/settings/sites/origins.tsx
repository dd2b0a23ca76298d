import { useState } from "preact/hooks";
import { t } from "../../core/i18n";
import { Button, IconButton } from "../../kit/button";
import { Field } from "../../kit/field";
import { originOf } from "./origin";

interface OriginsProps {
  origins: readonly string[];
  error?: string | undefined;
  onChange: (origins: string[]) => void;
}

/** The addresses whose pages may open this widget. */
export function Origins({ origins, error, onChange }: OriginsProps) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const add = () => {
    const origin = originOf(text);
    setWrong(origin === undefined);
    if (origin === undefined) return;
    if (!origins.includes(origin)) onChange([...origins, origin]);
    setText("");
  };
  return (
    <div class="origins">
      {origins.length > 0 && <p class="field-name">{t("sites.origins")}</p>}
      <ul class="tags">
        {origins.map((origin) => (
          <li key={origin}>
            <bdi dir="ltr">{origin}</bdi>
            <IconButton
              icon="close"
              label={t("sites.removeOrigin", { origin })}
              onClick={() => onChange(origins.filter((one) => one !== origin))}
            />
          </li>
        ))}
      </ul>
      <div class="inline-form">
        <Field
          label={t("sites.newOrigin")}
          value={text}
          placeholder="https://shop.example"
          error={wrong ? t("sites.wrongOrigin") : error}
          onInput={setText}
        />
        <Button icon="plus" onClick={add} disabled={text.trim() === ""}>
          {t("common.add")}
        </Button>
      </div>
    </div>
  );
}
