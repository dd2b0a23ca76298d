// One way to speak to the server: JSON in, JSON out, a problem as a typed error.

import type { ApiPath } from "./path";
import type { Problem } from "./types";

const REQUEST_TIMEOUT_MS = 20_000;

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Called once for each answer that says that the session is gone. */
let onSignedOut: () => void = () => undefined;

export function setSignedOutHandler(handler: () => void): void {
  onSignedOut = handler;
}

/**
 * Makes something, once: where no answer came, the same request goes out again under the same key, and the
 * server gives the answer that was lost.
 */
export async function create<T>(path: ApiPath, body: unknown): Promise<T> {
  const key = crypto.randomUUID();
  try {
    return await call("POST", path, body, key);
  } catch (error) {
    if (error instanceof ProblemError && error.code === "unreachable") {
      return await call("POST", path, body, key);
    }
    throw error;
  }
}

export async function call<T>(
  method: Method,
  path: ApiPath,
  body?: unknown,
  key?: string,
): Promise<T> {
  const response = await send(method, path, body, key);
  if (response.ok) {
    return (await readJson(response)) as T;
  }
  const problem = asProblem(await readJson(response), response);
  if (response.status === 401 && signedOutCodes.has(problem.code)) {
    onSignedOut();
  }
  throw new ProblemError(problem);
}

const signedOutCodes = new Set(["unauthenticated", "session_expired"]);

async function send(
  method: Method,
  path: string,
  body: unknown,
  key: string | undefined,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") {
    headers["X-Chatham-Csrf"] = "1";
  }
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  if (key !== undefined) {
    headers["Idempotency-Key"] = key;
  }
  try {
    return await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ProblemError(unreachable());
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asProblem(value: unknown, response: Response): Problem {
  const retry = Number(response.headers.get("Retry-After"));
  const base: Problem = {
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    code: `http_${response.status}`,
    detail: "",
  };
  const given = typeof value === "object" && value !== null ? (value as Partial<Problem>) : {};
  const problem: Problem = { ...base, ...given };
  if (problem.retry_after_s === undefined && retry > 0) {
    problem.retry_after_s = retry;
  }
  return problem;
}

function unreachable(): Problem {
  return { type: "about:blank", title: "", status: 0, code: "unreachable", detail: "" };
}
