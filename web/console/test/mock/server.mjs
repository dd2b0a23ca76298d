// A server with the console's contract and a seeded inbox, for developing and testing the console
// alone. `node console/test/mock/server.mjs [PORT]` after `npm run build`.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { answer, Refused } from "./routes.mjs";
import { openStream } from "./stream.mjs";

const dist = path.resolve(
  process.env.CHATHAM_WEB_OUT ?? path.join(import.meta.dirname, "../../../dist"),
);
const kinds = {
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
  png: "image/png",
  woff2: "font/woff2",
  webmanifest: "application/manifest+json",
  html: "text/html; charset=utf-8",
};
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; " +
  "base-uri 'none'; require-trusted-types-for 'script'; trusted-types console-worker";

export function startMock(port = 0) {
  const server = createServer((request, response) => {
    serve(request, response).catch((error) => {
      const status = error instanceof Refused ? error.status : 500;
      const problem = error.problem ?? {
        status,
        code: "internal",
        title: String(error),
        detail: "",
      };
      if (status === 500) console.error(error);
      response.writeHead(status, { "Content-Type": "application/problem+json" });
      response.end(JSON.stringify(problem));
    });
  });
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => {
      const base = `http://127.0.0.1:${server.address().port}`;
      resolve({ base, close: () => server.closeAllConnections() ?? server.close() });
    });
  });
}

async function serve(request, response) {
  const url = new URL(request.url, "http://mock");
  if (url.pathname === "/api/stream/sse") return openStream(request, response);
  if (url.pathname.startsWith("/api/")) return serveApi(request, response, url);
  return serveFile(response, url.pathname);
}

async function serveApi(request, response, url) {
  if (request.method !== "GET" && request.headers["x-chatham-csrf"] !== "1") {
    throw new Refused(403, "forbidden");
  }
  let text = "";
  for await (const part of request) text += part;
  const result = answer(
    request.method,
    url.pathname,
    url.searchParams,
    text ? JSON.parse(text) : undefined,
  );
  response.writeHead(result === undefined ? 204 : 200, { "Content-Type": "application/json" });
  response.end(result === undefined ? undefined : JSON.stringify(result));
}

async function serveFile(response, pathname) {
  const isFile = /\.\w+$/.test(pathname);
  const file = isFile ? pathname : "/console/index.html";
  try {
    const data = await readFile(path.join(dist, path.normalize(file)));
    response.setHeader("Content-Type", kinds[file.split(".").at(-1)] ?? "application/octet-stream");
    if (!isFile) response.setHeader("Content-Security-Policy", POLICY);
    response.end(data);
  } catch {
    response.writeHead(404).end();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { base } = await startMock(Number(process.argv[2] ?? 4180));
  console.log(`${base}/console/inbox`);
}
