// Builds everything that is served: the loader, the widget and the console, each as a build of its
// own, so that no chunk of one carries the weight of another. The output folder holds
//
//   loader.js               a template: the server replaces __CHATHAM_CONFIG__ by one JSON object
//   assets/widget-HASH.js   the panel, with its chunks beside it
//   assets/NAME.gz          beside each text file of assets/, for browsers that take it
//   console/index.html      the console, its script and style in assets/
//   manifest.json           the names of the three entry files
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const root = import.meta.dirname;
const outDir = path.resolve(process.env.CHATHAM_WEB_OUT ?? path.join(root, "dist"));

const shared = {
  configFile: false,
  logLevel: "warn",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
};
const output = {
  outDir,
  emptyOutDir: false,
  target: "es2022",
  modulePreload: false,
  reportCompressedSize: false,
};
const names = {
  entryFileNames: "assets/[name]-[hash].js",
  chunkFileNames: "assets/[name]-[hash].js",
  assetFileNames: "assets/[name]-[hash][extname]",
};

async function buildLoader() {
  await build({
    ...shared,
    root: path.join(root, "loader"),
    publicDir: false,
    build: {
      ...output,
      lib: { entry: "src/main.ts", formats: ["iife"], name: "_", fileName: () => "loader.js" },
    },
  });
  const text = await readFile(path.join(outDir, "loader.js"), "utf8");
  const places = text.split("__CHATHAM_CONFIG__").length - 1;
  if (places !== 1) throw new Error(`loader.js has ${places} places for its configuration, not 1`);
}

async function buildWidget() {
  await build({
    ...shared,
    root: path.join(root, "widget"),
    publicDir: false,
    // Chunks are fetched from the server's origin, not from the host page's.
    base: "./",
    build: {
      ...output,
      // A library, for its plain `import()`: a host page needs no helper that preloads.
      lib: { entry: { widget: path.join(root, "widget/src/main.tsx") }, formats: ["es"] },
      rolldownOptions: {
        output: { ...names, minify: true },
        // What the later chunks share with the entry stays in the entry: one file is smaller.
        preserveEntrySignatures: "allow-extension",
      },
    },
  });
}

async function buildConsole() {
  await build({
    ...shared,
    root,
    publicDir: path.join(root, "console/public"),
    base: "/",
    build: {
      ...output,
      rolldownOptions: {
        input: { console: path.join(root, "console/index.html") },
        output: names,
      },
    },
  });
}

/** Once, as small as it goes: the server then compresses nothing. */
async function compressAssets() {
  const folder = path.join(outDir, "assets");
  for (const name of await readdir(folder)) {
    if (!/\.(js|css|svg)$/.test(name)) continue;
    const small = gzipSync(await readFile(path.join(folder, name)), { level: 9 });
    await writeFile(path.join(folder, `${name}.gz`), small);
  }
}

await rm(outDir, { recursive: true, force: true });
await buildLoader();
await buildWidget();
await buildConsole();
await compressAssets();
const assets = await readdir(path.join(outDir, "assets"));
const widget = assets.find((name) => /^widget-.*\.js$/.test(name));
if (!widget) throw new Error("the build made no widget");
const manifest = {
  loader: "loader.js",
  widget: `assets/${widget}`,
  console: "console/index.html",
};
await writeFile(path.join(outDir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
