import { t } from "../core/i18n";
import { Icon } from "../kit/icon";

/** A conversation that its person does not let be used: that it is there, and nothing said in it. */
export function Frozen() {
  return (
    <div class="frozen" role="status">
      <Icon name="lock" size={24} />
      <h3>{t("frozen.title")}</h3>
      <p>{t("frozen.text")}</p>
    </div>
  );
}
