// The moments an agent may put a conversation off to, in the agent's own clock.
export interface Moment {
  id: "hour" | "threeHours" | "evening" | "tomorrow" | "monday";
  at: Date;
}

const HOUR_MS = 3_600_000;
const MORNING = 9;
const EVENING = 18;

function atHour(from: Date, days: number, hour: number): Date {
  return new Date(from.getFullYear(), from.getMonth(), from.getDate() + days, hour);
}

export function listMoments(now: Date): Moment[] {
  const moments: Moment[] = [
    { id: "hour", at: new Date(now.getTime() + HOUR_MS) },
    { id: "threeHours", at: new Date(now.getTime() + 3 * HOUR_MS) },
  ];
  if (now.getHours() < EVENING - 1) moments.push({ id: "evening", at: atHour(now, 0, EVENING) });
  moments.push({ id: "tomorrow", at: atHour(now, 1, MORNING) });
  const toMonday = (8 - now.getDay()) % 7 || 7;
  if (toMonday > 1) moments.push({ id: "monday", at: atHour(now, toMonday, MORNING) });
  return moments;
}
