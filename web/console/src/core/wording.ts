// Errors in words: what happened and what to do now.
import { type FieldProblem, ProblemError } from "@chatham/client";
import { t, tCode } from "./i18n";

export function wordError(error: unknown): string {
  if (!(error instanceof ProblemError)) return t("error.unexpected");
  const { problem } = error;
  if (problem.code === "too_many_requests") {
    return t("error.too_many_requests", { n: problem.retry_after_s ?? 60 });
  }
  const known = tCode("error", problem.code, "");
  const said =
    known || [sentence(problem.detail), sentence(problem.mend)].filter(Boolean).join(" ");
  const text = said || t("error.unexpected");
  return typeof problem.clause !== "number"
    ? text
    : `${text} ${t("error.clause", { clause: problem.clause })}`;
}

function sentence(text: string | null | undefined): string {
  if (!text) return "";
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

/** The server's word on one field of a form. */
export function fieldError(error: unknown, field: string): string | undefined {
  if (!(error instanceof ProblemError)) return undefined;
  const found = error.problem.fields?.find((one: FieldProblem) => one.field === field);
  return found ? sentence(found.message) : undefined;
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof ProblemError && error.code === code;
}
