// Moving through the list by key. The focus itself moves, so Enter and a screen reader follow.
import { useCommands } from "../command/registry";
import { t } from "../core/i18n";
import { goTo, type InboxPlace } from "./place";
import { listing } from "./state";

function rows(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>(".rows .row")];
}

function move(step: 1 | -1): void {
  const all = rows();
  const focused = all.findIndex((row) => document.activeElement === row);
  const open = all.findIndex((row) => row.getAttribute("aria-current") === "page");
  const from = focused >= 0 ? focused : open;
  const next = from < 0 ? 0 : Math.min(Math.max(from + step, 0), all.length - 1);
  all[next]?.focus();
  all[next]?.scrollIntoView({ block: "nearest" });
}

/** Opens the conversation that stands after this one in the list, or the list alone. */
export function openNext(id: string): void {
  const { ids } = listing.get();
  const at = ids.indexOf(id);
  const next = at < 0 ? ids[0] : (ids[at + 1] ?? ids[at - 1]);
  goTo({ conversationId: next === id ? undefined : next });
}

export function useListCommands(place: InboxPlace): void {
  const { conversationId } = place;
  useCommands([
    {
      id: "list.next",
      group: "list",
      title: t("command.next"),
      keys: "j",
      keyOnly: true,
      run: () => move(1),
    },
    {
      id: "list.before",
      group: "list",
      title: t("command.before"),
      keys: "k",
      keyOnly: true,
      run: () => move(-1),
    },
    {
      id: "list.open",
      group: "list",
      title: t("command.open"),
      keys: "Enter",
      keyOnly: true,
      run: () => {
        const row = rows().find((one) => one === document.activeElement) ?? rows()[0];
        row?.click();
      },
    },
    ...(["open", "snoozed", "resolved"] as const).map((state) => ({
      id: `list.state.${state}`,
      group: "list" as const,
      title: t(`command.state.${state}`),
      icon: "inbox" as const,
      run: () => goTo({ state, conversationId: undefined }),
    })),
    ...(conversationId
      ? [
          {
            id: "list.close",
            group: "list" as const,
            title: t("command.closeConversation"),
            keys: "Escape",
            keyOnly: true,
            run: () => goTo({ conversationId: undefined }),
          },
        ]
      : []),
  ]);
}
