import { t } from "../core/i18n";
import { Picker } from "../kit/picker";
import { listCommands } from "./registry";

/** Everything that can be done here, by name; each line shows its key. */
export function Palette({ onClose }: { onClose: () => void }) {
  const choices = listCommands()
    .filter((command) => !command.keyOnly)
    .map((command) => ({
      id: command.id,
      text: command.title,
      hint: t(`command.group.${command.group}`),
      ...(command.keys ? { keys: command.keys } : {}),
      ...(command.icon ? { icon: command.icon } : {}),
      run: command.run,
    }));
  return (
    <Picker
      label={t("palette.title")}
      placeholder={t("palette.placeholder")}
      choices={choices}
      onClose={onClose}
    />
  );
}
