// Fails when the loader, or all that a first opening of the panel fetches, outgrows its budget.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";

const LOADER_BYTES_MAX = 2 * 1024;
const OPEN_BYTES_MAX = 20 * 1024;

const dist = path.resolve(process.env.CHATHAM_WEB_OUT ?? path.join(import.meta.dirname, "dist"));
const manifest = JSON.parse(await readFile(path.join(dist, "manifest.json"), "utf8"));

/** A configuration as the server writes it, so that the loader is weighed as it is served. */
const CONFIG = JSON.stringify({
  site: "01994c2e-7a10-7d3b-8a52-5f1c6f0b2a9d",
  base: "https://chat.example.com",
  widget: `/${manifest.widget}`,
  look: {
    accent: "#0b5e55",
    accent_text: "#ffffff",
    position: "right",
    theme: "auto",
    launcher: "Chat with us",
  },
  locale: "auto",
});

async function weigh(file) {
  const text = await readFile(path.join(dist, file), "utf8");
  return gzipSync(text.replace("__CHATHAM_CONFIG__", CONFIG), { level: 9 }).length;
}

/** The entry, what it imports statically, and the heaviest of the language catalogues. */
async function listFirstOpening() {
  const files = new Set();
  const waiting = [manifest.widget];
  while (waiting.length > 0) {
    const file = waiting.pop();
    if (files.has(file)) continue;
    files.add(file);
    const text = await readFile(path.join(dist, file), "utf8");
    for (const found of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
      waiting.push(`assets/${found[1]}`);
    }
  }
  return [...files];
}

const loader = await weigh(manifest.loader);
const rows = [[manifest.loader, loader]];
for (const file of await listFirstOpening()) rows.push([file, await weigh(file)]);
const catalogues = [];
for (const name of await readdir(path.join(dist, "assets"))) {
  if (/^(en|es|ar)-.*\.js$/.test(name))
    catalogues.push([`assets/${name}`, await weigh(`assets/${name}`)]);
}
catalogues.sort((a, b) => b[1] - a[1]);
if (catalogues[0]) rows.push(catalogues[0]);

const total = rows.reduce((sum, row) => sum + row[1], 0);
for (const [file, bytes] of rows) console.log(`${String(bytes).padStart(7)}  ${file}`);
console.log(`${String(total).padStart(7)}  first opening in all, of ${OPEN_BYTES_MAX} (gzip)`);
if (loader > LOADER_BYTES_MAX) {
  console.error(`the loader has ${loader} bytes gzip, ${LOADER_BYTES_MAX} are allowed`);
  process.exitCode = 1;
}
if (total > OPEN_BYTES_MAX) {
  console.error(`a first opening has ${total} bytes gzip, ${OPEN_BYTES_MAX} are allowed`);
  process.exitCode = 1;
}
