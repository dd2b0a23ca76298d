import { t } from "../core/i18n";
import { prefs, setPref } from "../core/prefs";
import { useStore } from "../core/store";
import { Keys } from "../kit/button";
import { Dialog } from "../kit/dialog";
import { Switch } from "../kit/field";
import { groups, listCommands } from "./registry";

/** The sheet of keys: what each does here and now, and the switch for single keys. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  const singleKeys = useStore(prefs, (now) => now.singleKeys);
  const commands = listCommands().filter((command) => command.keys);
  return (
    <Dialog title={t("sheet.title")} kind="wide" onClose={onClose}>
      <div class="sheet">
        {groups.map((group) => {
          const mine = commands.filter((command) => command.group === group);
          if (mine.length === 0) return null;
          return (
            <section key={group}>
              <h3>{t(`command.group.${group}`)}</h3>
              <dl>
                {mine.map((command) => (
                  <div key={command.id} class="sheet-row">
                    <dt>{command.title}</dt>
                    <dd>
                      <Keys keys={command.keys ?? ""} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
      <Switch
        label={t("prefs.singleKeys")}
        hint={t("prefs.singleKeysHint")}
        on={singleKeys}
        onChange={(on) => setPref("singleKeys", on)}
      />
    </Dialog>
  );
}
