// The widget on a page whose content-security policy allows nothing but it, without WebSocket and
// with Trusted Types; the stream is cut twice in the middle of the talk.
import assert from "node:assert/strict";
import { openBrowser, openPage, widgetOf } from "../lib/browser.mjs";
import { ask, call, facts, serveHostPage, shopPage, story, tagOf } from "../lib/world.mjs";

await story(async () => {
  const { base } = facts;
  let tag = "";
  const policy = [
    "default-src 'none'",
    `script-src ${base}`,
    // https alone does not allow wss, nor http ws: the widget must find its way by itself.
    `connect-src ${base}`,
    "require-trusted-types-for 'script'",
  ].join("; ");
  const host = await serveHostPage(() => ({ html: shopPage(tag), policy }));
  const site = await ask("site", { fields: { name: "Lamps", origins: [host.origin] } });
  tag = tagOf(base, site.id);
  const browser = await openBrowser();
  const { page, seen } = await openPage(browser);
  await page.goto(host.origin);
  const widget = widgetOf(page);
  await widget.launcher.click();
  // The words stand on the screen before the server has them.
  const isTaken = page.waitForResponse((it) => it.url().endsWith("/conversations") && it.ok());
  await widget.say("Is anybody there?");
  await isTaken;
  const list = await call("GET", "/api/console/conversations?view=all&state=open&limit=50");
  const id = list.conversations[0].id;
  const isStream = (url) => url.includes("/api/stream/sse");
  for (let round = 0; round < 100 && !seen.requests.some(isStream); round += 1) {
    await page.waitForTimeout(100);
  }
  const streams = seen.requests.filter(isStream);
  assert.ok(streams.length > 0, "the stream came over server-sent events");

  const expected = [];
  for (const round of [1, 2]) {
    await answer(id, `before cut ${round}`, expected);
    await widget.log.getByText(`before cut ${round}`).waitFor();
    await ask("cut");
    for (const part of ["a", "b", "c"]) await answer(id, `missed ${round}${part}`, expected);
    await widget.log.getByText(`missed ${round}c`).waitFor({ timeout: 30_000 });
    await answer(id, `after cut ${round}`, expected);
    await widget.log.getByText(`after cut ${round}`).waitFor();
  }
  const all = await widget.log.innerText();
  for (const text of expected) {
    assert.equal(all.split(text).length - 1, 1, `${text} stands once on the screen`);
  }
  const places = expected.map((text) => all.indexOf(text));
  assert.deepEqual(places, places.toSorted((a, b) => a - b), "in order");
  const blocked = seen.errors.filter((it) => /Trusted|innerHTML|style|script/i.test(it));
  assert.deepEqual(blocked, [], "nothing of the widget was blocked but the WebSocket");
  await browser.close();
});

async function answer(id, body, expected) {
  expected.push(body);
  await call("POST", `/api/console/conversations/${id}/messages`, {
    client_msg_id: crypto.randomUUID(),
    kind: "message",
    body,
  });
}
