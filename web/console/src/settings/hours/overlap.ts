import type { Day, OpenHours } from "@chatham/client";

export const days: readonly Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** The first day whose spans end before they begin or run into each other. */
export function findOverlap(all: readonly OpenHours[]): Day | undefined {
  return days.find((day) => {
    const mine = all.filter((one) => one.day === day).sort((a, b) => (a.from < b.from ? -1 : 1));
    return mine.some((one, at) => {
      const next = mine[at + 1];
      return one.from >= one.to || (next !== undefined && next.from < one.to);
    });
  });
}
