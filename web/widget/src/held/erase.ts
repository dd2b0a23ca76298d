// The visitor's wish to be erased. Where its answer was lost and it is sent again, the server knows the
// secret no more: that is the wish fulfilled, and no failure.
import { type Api, Problem } from "../api";
import type { Receipt } from "../contract";

/** The receipt; null where the erasure took place before and its receipt was lost with the answer. */
export async function eraseAll(api: Api): Promise<{ readonly receipt: Receipt | null }> {
  try {
    return await api.post<{ receipt: Receipt }>("/me/erase", {});
  } catch (error) {
    if (error instanceof Problem && error.code === "visitor_unknown") return { receipt: null };
    throw error;
  }
}
