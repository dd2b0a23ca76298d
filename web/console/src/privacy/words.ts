// Words of requests: kinds, ways, proofs, outcomes, by the codes of the server.
import type { Request, RequestKind, RequestStep } from "@chatham/client";
import { t, tCode } from "../core/i18n";

export const kinds: readonly RequestKind[] = [
  "access",
  "correct",
  "export",
  "restrict",
  "object",
  "opt_out",
  "erase",
];

export function kindOf(kind: RequestKind): string {
  return t(`request.kind.${kind}`);
}

export function purposeOf(key: string): string {
  return tCode("purpose", key);
}

/** How a request stands, in a few words. */
export function outcomeOf(request: Request): string {
  return request.outcome ? tCode("request.outcome", request.outcome) : t("request.closed");
}

/** One step: what was done, by whom. */
export function sayStep(step: RequestStep): string {
  const act = tCode("request.act", step.act);
  const who = step.name ?? tCode("request.by", step.role, tCode("role", step.role));
  return t("request.step", { act, who });
}
