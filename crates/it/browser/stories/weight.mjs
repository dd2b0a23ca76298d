// What the widget weighs, as a browser counts it, and whether it moves the host's page.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { openBrowser, openPage, widgetOf } from "../lib/browser.mjs";
import { ask, facts, serveHostPage, shopPage, story, tagOf } from "../lib/world.mjs";

const LOADER_BYTES_MAX = 2 * 1024;
const OPEN_BYTES_MAX = 20 * 1024;

await story(async () => {
  let tag = "";
  const host = await serveHostPage(() => ({ html: shopPage(tag) }));
  const site = await ask("site", { fields: { name: "Lamps", origins: [host.origin] } });
  tag = tagOf(facts.base, site.id);
  const browser = await openBrowser();
  const { page } = await openPage(browser);
  const scripts = new Map();
  page.on("response", async (response) => {
    const url = response.url();
    if (!url.startsWith(facts.base) || !/\.(js|css|json)$|\/config/.test(new URL(url).pathname)) return;
    scripts.set(url, gzipSync(await response.body(), { level: 9 }).length);
  });
  await page.addInitScript(() => {
    globalThis.layoutShift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) globalThis.layoutShift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(host.origin);
  const widget = widgetOf(page);
  await widget.launcher.waitFor();
  await page.waitForTimeout(1000);
  const loader = [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0);
  await widget.launcher.click();
  await widget.field.waitFor();
  await page.waitForTimeout(1000);
  const total = [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0);
  const shift = await page.evaluate(() => globalThis.layoutShift);
  console.log(`loader ${loader} bytes gzip, first opening ${total} in all, layout shift ${shift}`);
  assert.ok(loader <= LOADER_BYTES_MAX, `the loader has ${loader} bytes`);
  assert.ok(total <= OPEN_BYTES_MAX, `a first opening has ${total} bytes`);
  assert.equal(shift, 0, "the host's page does not move");
  await browser.close();
});
