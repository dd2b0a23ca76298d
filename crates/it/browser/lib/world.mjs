// The other side of a browser story: asks the harness for what only it can do.
import { createServer } from "node:http";
import { createInterface } from "node:readline";

export const facts = JSON.parse(process.env.CHATHAM_FACTS ?? "{}");

/** A story that hangs must not hang the whole run. */
const STORY_MS = 280_000;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Asks the harness and waits for its answer. */
export async function ask(name, fields = {}) {
  process.stdout.write(`@ ${JSON.stringify({ ask: name, ...fields })}\n`);
  const { value, done } = await lines.next();
  if (done) throw new Error(`the harness ended while it was asked for ${name}`);
  return JSON.parse(value);
}

/** A call of the console's interface by the owner. */
export async function call(method, path, body) {
  const answer = await ask("call", { method, path, body });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer.body;
}

/** Serves a host page on the port that the policy covers; `page` says what it looks like for a given address. */
export async function serveHostPage(page) {
  const server = createServer((request, response) => {
    const { html, policy } = page(request.url ?? "/");
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    if (policy) response.setHeader("Content-Security-Policy", policy);
    response.end(request.url === "/favicon.ico" ? "" : html);
  });
  await new Promise((resolve) => server.listen(facts.host_port, "127.0.0.1", resolve));
  return { origin: `http://localhost:${server.address().port}`, close: () => server.close() };
}

/** A shop page with some height, the tag, and whatever else a story puts on it. */
export function shopPage(tag, more = "") {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Lamps</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"></head>
<body><main><h1>Lamps for quiet rooms</h1><p>Hand-made in small numbers.</p>
<p><a href="/second">The second page</a></p>${more}</main>${tag}</body></html>`;
}

/** The script tag of a site. */
export function tagOf(base, siteId) {
  return `<script async src="${base}/w/${siteId}.js"></script>`;
}

/** Runs a story, prints what failed, and ends the process either way. */
export async function story(run) {
  const hung = setTimeout(() => {
    console.error(`the story is not over after ${STORY_MS / 1000} s`);
    process.exit(1);
  }, STORY_MS);
  hung.unref();
  try {
    await run();
    process.exit(0);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
