import { type Availability, api } from "@chatham/client";
import { wordError } from "../core/wording";
import { toast } from "../kit/toast";
import { changeMe, getMe } from "./state";

export async function setMyAvailability(availability: Availability): Promise<void> {
  const before = getMe()?.availability ?? "online";
  changeMe({ availability });
  try {
    await api.me.setAvailability(availability);
  } catch (error) {
    changeMe({ availability: before });
    toast(wordError(error), "danger");
  }
}

export function toggleAvailability(): void {
  void setMyAvailability(getMe()?.availability === "away" ? "online" : "away");
}
