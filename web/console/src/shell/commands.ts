import { useCommands } from "../command/registry";
import { t } from "../core/i18n";
import { go } from "../core/router";
import { goTo } from "../inbox/place";
import { toggleAvailability } from "../session/availability";
import { may, signOut } from "../session/state";
import { listSections } from "../settings/settings";

export type Window = "palette" | "sheet";

/** What can be done wherever one is. */
export function useAppCommands(open: (window: Window) => void): void {
  const view = (name: "mine" | "unassigned" | "all", keys: string) => ({
    id: `go.${name}`,
    group: "go" as const,
    title: t(`command.go.${name}`),
    keys,
    icon: name,
    run: () => goTo({ view: name, state: "open", conversationId: undefined }),
  });
  useCommands([
    view("all", "g i"),
    view("mine", "g m"),
    view("unassigned", "g u"),
    {
      id: "go.search",
      group: "go",
      title: t("command.search"),
      keys: "/",
      icon: "search",
      run: () => go("search"),
    },
    ...(may("erase")
      ? [
          {
            id: "go.privacy",
            group: "go" as const,
            title: t("command.privacy"),
            keys: "g p",
            icon: "seal" as const,
            run: () => go("privacy"),
          },
        ]
      : []),
    {
      id: "go.settings",
      group: "go",
      title: t("command.settings"),
      keys: "g s",
      icon: "settings",
      run: () => go("settings"),
    },
    ...listSections().map((section) => ({
      id: `go.settings.${section.id}`,
      group: "go" as const,
      title: t("command.setting", { name: t(section.name) }),
      icon: section.icon,
      run: () => go(`settings/${section.id}`),
    })),
    {
      id: "app.palette",
      group: "app",
      title: t("palette.title"),
      keys: "Mod+K",
      keyOnly: true,
      run: () => open("palette"),
    },
    {
      id: "app.keys",
      group: "app",
      title: t("sheet.title"),
      keys: "?",
      icon: "keys",
      run: () => open("sheet"),
    },
    {
      id: "app.availability",
      group: "app",
      title: t("command.availability"),
      icon: "mine",
      run: toggleAvailability,
    },
    {
      id: "app.signOut",
      group: "app",
      title: t("command.signOut"),
      icon: "door",
      run: () => void signOut(),
    },
  ]);
}
