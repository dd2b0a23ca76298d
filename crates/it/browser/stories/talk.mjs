// A visitor and an agent talk in two browsers while the server is killed six times.
import assert from "node:assert/strict";
import { openBrowser, openPage, readStorage, signIn, widgetOf } from "../lib/browser.mjs";
import { ask, facts, serveHostPage, shopPage, story, tagOf } from "../lib/world.mjs";

const PERSONAL_TABLES = ["person", "visitor", "conversation", "message", "consent"];
const RESUME_MS = 30_000;

await story(async () => {
  let tag = "";
  const host = await serveHostPage(() => ({ html: shopPage(tag) }));
  const site = await ask("site", { fields: { name: "Lamps", origins: [host.origin] } });
  tag = tagOf(facts.base, site.id);
  const browser = await openBrowser();
  const before = await ask("row_counts");

  // Before the first act.
  const { context, page, seen } = await openPage(browser);
  await page.goto(host.origin);
  const widget = widgetOf(page);
  await widget.launcher.waitFor();
  await page.waitForTimeout(2000);
  const foreign = seen.requests.filter((url) => url.startsWith(facts.base));
  assert.deepEqual(foreign, [`${facts.base}/w/${site.id}.js`], "one request: the loader");
  assertNothingStored(await readStorage(context, page), "before the panel is opened");
  await widget.launcher.click();
  await widget.field.waitFor();
  assertNothingStored(await readStorage(context, page), "after it was opened, before a message");
  const after = await ask("row_counts");
  for (const table of PERSONAL_TABLES) {
    assert.equal(after[table], before[table], `rows in ${table} before the first act`);
  }

  // Both sides talk, without a reload.
  const agent = await openPage(browser);
  const release = await holdLists(agent.page);
  await signIn(agent.page, facts.base, facts.email, facts.password);
  await widget.say("Do you ship to Lisbon?");
  await agent.page.getByText("Do you ship to Lisbon?").first().waitFor();
  await release();
  await agent.page.getByText("Do you ship to Lisbon?").first().click();
  const agentLog = agent.page.getByRole("log");
  await agentLog.getByText("Do you ship to Lisbon?").waitFor();
  await reply(agent.page, "We do, in three days.");
  await widget.log.getByText("We do, in three days.").waitFor();

  // The server dies six times; both sides go on by themselves.
  const expected = ["Do you ship to Lisbon?", "We do, in three days."];
  for (const round of [1, 2]) {
    for (const moment of ["request lost", "answer lost", "answered"]) {
      const text = `${moment}, ${round}`;
      await sendAroundKill(page, widget, moment, text);
      await ask("boot");
      await widget.log.getByText(text).waitFor({ timeout: RESUME_MS });
      await agentLog.getByText(text).waitFor({ timeout: RESUME_MS });
      await reply(agent.page, `heard ${text}`);
      await widget.log.getByText(`heard ${text}`).waitFor({ timeout: RESUME_MS });
      expected.push(text, `heard ${text}`);
    }
  }
  assert.deepEqual(await read(widget.log, expected), expected, "order on the visitor's screen");
  assert.deepEqual(await read(agentLog, expected), expected, "order on the agent's screen");
  const rows = await ask("rows", {
    sql: "select seq, client_msg_id from message where kind = 'message' order by seq",
  });
  assert.equal(rows.length, expected.length, "rows in the database: none lost, none doubled");
  assert.equal(new Set(rows.map((row) => row[1])).size, rows.length, "each id once");
  assert.deepEqual(seen.errors.filter(isNotNetwork), [], "errors in the visitor's page");
  assert.deepEqual(agent.seen.errors.filter(isNotNetwork), [], "errors in the console");
  await browser.close();
});

/**
 * Holds the inbox's first answers back until `release`: they were made before the visitor wrote, and must not undo
 * what the stream says meanwhile.
 */
async function holdLists(page) {
  const pattern = /\/api\/console\/conversations\?/;
  let release;
  const isReleased = new Promise((resolve) => {
    release = resolve;
  });
  const held = [];
  await page.route(pattern, (route) => {
    const hold = route.fetch().then(async (response) => {
      await isReleased;
      await route.fulfill({ response });
    });
    held.push(hold);
    return hold;
  });
  return async () => {
    release();
    await Promise.all(held);
    await page.unroute(pattern);
  };
}

/** Sends so that the kill comes before the request, between commit and answer, or after it. */
async function sendAroundKill(page, widget, moment, text) {
  const pattern = "**/api/widget/conversations/*/messages";
  if (moment === "answered") {
    const answered = page.waitForResponse((it) => it.request().method() === "POST" && it.status() === 201);
    await widget.say(text);
    await answered;
    await ask("kill");
    return;
  }
  let tell;
  const isDone = new Promise((resolve) => {
    tell = resolve;
  });
  // Taking the rule away from inside would let the request it holds go on: that comes last.
  let isTaken = false;
  await page.route(pattern, async (route) => {
    if (isTaken || route.request().method() !== "POST") return route.continue();
    isTaken = true;
    if (moment === "answer lost") await route.fetch();
    await ask("kill");
    await route.abort("connectionreset");
    tell();
  });
  await widget.say(text);
  await isDone;
  await page.unroute(pattern);
}

async function reply(page, text) {
  const field = page.getByRole("textbox", { name: "Reply" });
  await field.fill(text);
  await field.press("Control+Enter");
}

/** The expected texts in the order in which they stand on the screen. */
async function read(log, texts) {
  const all = await log.innerText();
  const places = texts.map((text) => [all.search(new RegExp(`^\\s*${escape(text)}\\s*$`, "m")), text]);
  assert.ok(places.every(([place]) => place >= 0), `missing on the screen: ${all}`);
  return places.sort((a, b) => a[0] - b[0]).map(([, text]) => text);
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function isNotNetwork(error) {
  return !/Failed to load resource|WebSocket connection|net::ERR/.test(error);
}

function assertNothingStored(storage, when) {
  assert.deepEqual(
    storage,
    { cookies: [], local: {}, session: {}, databases: [], caches: [] },
    `the browser stores nothing ${when}`,
  );
}
