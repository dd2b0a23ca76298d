// Commands over HTTP. A refusal is a `Problem` with the server's code; no answer is `offline`.

/** A refusal, or the lack of an answer. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly retryAfterS: number;
  readonly policyVersion: string;
  readonly policyUrl: string;

  constructor(status: number, body: Record<string, unknown>, retryAfter: string | null) {
    const code = String(body.code ?? (status === 0 ? "offline" : "unavailable"));
    super(code);
    this.code = code;
    this.status = status;
    this.retryAfterS = Number(body.retry_after_s ?? retryAfter) || 0;
    this.policyVersion = String(body.policy_version ?? "");
    this.policyUrl = String(body.policy_url ?? "");
  }
}

export interface Api {
  readonly get: <T>(path: string) => Promise<T>;
  readonly post: <T>(path: string, body: object, method?: "POST" | "PUT") => Promise<T>;
}

const ANSWER_MS_MAX = 20_000;
/** Browsers refuse to keep more than 64 KiB alive beyond the page. */
const KEPT_ALIVE_CHARS_MAX = 16_000;

/** Speaks to the server at `base`; `getToken` gives the visitor's secret once there is one. */
export function createApi(base: string, getToken: () => string | undefined): Api {
  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const headers: Record<string, string> = {};
    const token = getToken();
    if (token) headers.authorization = `Bearer ${token}`;
    if (body) headers["content-type"] = "application/json";
    const text = body ? JSON.stringify(body) : null;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), ANSWER_MS_MAX);
    try {
      const response = await fetch(`${base}/api/widget${path}`, {
        method,
        headers,
        body: text,
        signal: abort.signal,
        credentials: "omit",
        cache: "no-store",
        // A message on its way when the page is left shall still arrive.
        keepalive: text !== null && text.length < KEPT_ALIVE_CHARS_MAX,
      });
      const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
      if (response.ok) return answer as T;
      throw new Problem(response.status, answer, response.headers.get("retry-after"));
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem(0, {}, null);
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    get: (path) => call("GET", path),
    post: (path, body, method = "POST") => call(method, path, body),
  };
}
