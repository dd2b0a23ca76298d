// Accessibility rules on every screen: both themes, both directions, two sizes; each leaves a picture.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { createJudge } from "../lib/axe.mjs";
import { openBrowser, openPage, signIn, widgetOf } from "../lib/browser.mjs";
import { ask, call, facts, serveHostPage, shopPage, story, tagOf } from "../lib/world.mjs";

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const SETTINGS = [
  "install",
  "sites",
  "look",
  "team",
  "hours",
  "replies",
  "policy",
  "account",
  "preferences",
];

/**
 * What axe leaves undecided and is no fault; see `lib/axe.mjs`. A screen whose ground axe cannot tell, such
 * as what is scrolled away, is rather given one that it can than a row here.
 */
const EXPLAINED = [
  {
    rule: "color-contrast",
    screen: "widget-menu",
    place: ".theirs",
    why: "the open menu lies over a part of it",
    instead: "widget-talk: the same messages without the menu",
  },
];
const judge = createJudge(EXPLAINED);

await story(async () => {
  let tag = "";
  let lang = "en";
  const host = await serveHostPage(() => ({
    html: shopPage(tag).replace('lang="en"', lang === "ar" ? 'lang="ar" dir="rtl"' : 'lang="en"'),
  }));
  const site = await ask("site", { fields: { name: "Lamps", origins: [host.origin] } });
  tag = tagOf(facts.base, site.id);
  const browser = await openBrowser();
  for (const size of Object.keys(SIZES)) {
    for (lang of ["en", "ar"]) await lookAtWidget(browser, host.origin, size, lang);
    await lookAtConsole(browser, size);
    await lookAtPages(browser, site.id, size);
  }
  for (const fault of judge.faults) console.log(fault);
  assert.equal(judge.faults.length, 0, `${judge.faults.length} faults of accessibility`);
  assert.deepEqual(judge.idleRows(), [], "rows that explain nothing");
  await browser.close();
});

function optionsOf(size, locale) {
  const isPhone = size === "phone";
  return {
    viewport: SIZES[size],
    isMobile: isPhone,
    hasTouch: isPhone,
    reducedMotion: "reduce",
    locale,
    bypassCSP: true,
  };
}

/** Takes a picture and asks axe, in each theme and in each of the directions. */
async function look(page, screen, directions) {
  for (const dir of directions) {
    await page.evaluate((it) => document.documentElement.setAttribute("dir", it), dir);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await settle(page);
      const name = `${screen}-${colorScheme}-${dir}`;
      await page.screenshot({ path: path.join(facts.pictures, `${name}.png`) });
      await judge.look(page, name);
    }
  }
}

/** Waits until a change of theme is drawn and nothing finite moves any more. */
async function settle(page) {
  await page.evaluate(async () => {
    const draw = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    await draw();
    await draw();
    const moving = document.getAnimations().filter((it) => {
      return it.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY;
    });
    await Promise.all(moving.map((it) => it.finished.catch(() => undefined)));
    await draw();
  });
}

async function lookAtWidget(browser, origin, size, lang) {
  const { context, page } = await openPage(browser, optionsOf(size, lang === "ar" ? "ar" : "en-GB"));
  const lookAt = (screen) => look(page, `widget-${screen}-${size}`, [lang === "ar" ? "rtl" : "ltr"]);
  await page.goto(origin);
  const widget = widgetOf(page);
  await widget.launcher.click();
  const field = widget.chat.locator("textarea").first();
  await field.waitFor();
  await lookAt("open");
  await field.fill("Good morning");
  // The words stand on the screen before the server has them; the conversation is there once it answers.
  const isTaken = page.waitForResponse(
    (it) => it.request().method() === "POST" && it.status() === 201,
  );
  await field.press("Enter");
  await widget.age.waitFor();
  await lookAt("age");
  await widget.age.locator("button.main").click();
  await widget.age.getByRole("alert").filter({ hasText: "1990" }).waitFor();
  await lookAt("age-error");
  await widget.answerAge();
  await isTaken;
  await fillConversation();
  await widget.log.getByText("line 29").waitFor({ timeout: 20_000 });
  await lookAt("talk");
  await field.fill("x".repeat(10_001));
  await lookAt("error");
  await field.fill("");
  await lookAtMenu(widget.chat, lookAt);
  await lookAtFailure(context, page, widget.chat, lookAt);
  await context.close();
}

async function lookAtMenu(chat, lookAt) {
  await chat.locator(".menu > button").click();
  await lookAt("menu");
  await chat.locator(".menu li").last().getByRole("button").click();
  await chat.locator(".held").first().waitFor();
  await lookAt("held");
  await chat.locator(".head > button").first().click();
}

/** The way to the server is gone: what was written waits, and says so. */
async function lookAtFailure(context, page, chat, lookAt) {
  await context.setOffline(true);
  await page.waitForFunction(() => !navigator.onLine);
  const field = chat.locator("textarea").first();
  await field.fill("Still there?");
  await field.press("Enter");
  await chat.getByRole("log").getByText("Still there?").waitFor();
  await lookAt("offline");
}

/** Makes the newest conversation thirty messages long. */
async function fillConversation() {
  const list = await call("GET", "/api/console/conversations?view=all&state=open&limit=50");
  const newest = list.conversations.toSorted((a, b) => b.created_at - a.created_at)[0];
  for (let number = 1; number < 30; number += 1) {
    await call("POST", `/api/console/conversations/${newest.id}/messages`, {
      client_msg_id: crypto.randomUUID(),
      kind: number === 28 ? "note" : "message",
      body: `line ${number}`,
    });
  }
}

/** The console speaks English only; a catalogue from right to left must find its screens ready. */
async function lookAtConsole(browser, size) {
  const { context, page } = await openPage(browser, optionsOf(size, "en-GB"));
  const lookAt = (screen) => look(page, `console-${screen}-${size}`, ["ltr", "rtl"]);
  await page.goto(`${facts.base}/console/login`);
  await page.getByLabel("E-mail").fill(facts.email);
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await lookAt("login");
  await signIn(page, facts.base, facts.email, facts.password);
  await page.locator(".row").first().waitFor();
  await lookAt("inbox");
  await lookAtTalk(page, lookAt, size === "phone");
  for (const part of SETTINGS) {
    await page.goto(`${facts.base}/console/settings/${part}`);
    await page.getByRole("heading").first().waitFor();
    await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
    await lookAt(part);
  }
  await lookAtDesk(page, lookAt);
  await context.close();
}

/** The privacy desk with requests, its form, and a conversation that its person does not let be used. */
async function lookAtDesk(page, lookAt) {
  const list = await call("GET", "/api/console/conversations?view=all&state=open&limit=50");
  const newest = list.conversations.toSorted((a, b) => b.created_at - a.created_at)[0];
  const enter = async (body) => {
    const fields = { way: "post", conversation_id: newest.id, ...body };
    return (await call("POST", "/api/console/requests", fields)).requests[0];
  };
  await enter({ kind: "access" });
  await enter({ kind: "erase", proof: "document" });
  await page.goto(`${facts.base}/console/privacy`);
  await page.locator(".request").nth(1).waitFor();
  await page.getByRole("button", { name: "Do it now" }).first().click();
  await page.locator(".request-steps summary").first().click();
  await lookAt("desk");
  await page.keyboard.press("c");
  await page.locator("dialog[open]").waitFor();
  await lookAt("desk-enter");
  await page.keyboard.press("Escape");
  await lookAtRecords(page, lookAt);
  await lookAtReleases(page, lookAt, newest);
  const restrict = await enter({ kind: "restrict", proof: "document" });
  await call("POST", `/api/console/requests/${restrict.id}/execute`, {});
  await page.goto(`${facts.base}/console/inbox/${newest.id}`);
  await page.locator(".frozen").waitFor();
  await lookAt("frozen");
}

/** What people chose, what went by time, a drill from its beginning to its end, and the evidence as a file. */
async function lookAtRecords(page, lookAt) {
  const view = async (name) => {
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("region", { name, exact: true }).waitFor();
  };
  await view("Choices");
  await page.locator("table").or(page.getByText("Nobody has chosen")).first().waitFor();
  await lookAt("desk-choices");
  await view("Deleted by time");
  await page.getByText("Last round").or(page.getByText("has not been round")).first().waitFor();
  await lookAt("desk-purges");
  await view("Breaches");
  await page.getByRole("button", { name: "Open a breach or a drill" }).click();
  await page.locator("dialog[open]").waitFor();
  await lookAt("desk-open-incident");
  await page.getByRole("button", { name: "Begin the drill" }).click();
  const close = page.getByRole("button", { name: "Close", exact: true });
  const drill = page.locator("article", { has: close });
  await drill.getByRole("button", { name: "Whom it reached" }).click();
  await drill.locator("code").first().waitFor();
  await lookAt("desk-incidents");
  await close.click();
  await page.getByText("closed").first().waitFor();
  await close.waitFor({ state: "detached" });
  await view("Drill");
  await page.getByRole("button", { name: "Run thirty days" }).click();
  await page.getByRole("button", { name: "Show the end" }).click();
  await page.getByText("Evidence checked, whole").waitFor();
  await lookAt("desk-drill");
  await view("Prove it");
  await lookAt("desk-proof");
  const saved = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save the evidence" }).click();
  const evidence = await readFile(await (await saved).path(), "utf8");
  assert.match(evidence, /chatham/i, "the evidence file");
}

/** As a privacy officer: the access log, a release from its asking to its sealed copy, and the legal holds. */
async function lookAtReleases(page, lookAt, talk) {
  const become = (role) =>
    ask("execute", { sql: `update agent set role = '${role}' where role <> '${role}'` });
  const open = async (name) => {
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("region", { name, exact: true }).waitFor();
  };
  const hold = {
    person_id: talk.person_id,
    ground: "court-or-government",
    document_hash: `sha256:${"ab".repeat(32)}`,
    deadline_at: (Date.now() + 86_400_000) * 1000,
    reason: "An order",
  };
  const held = await call("POST", "/api/console/holds", hold);
  await become("privacy_officer");
  await page.goto(`${facts.base}/console/privacy`);
  await open("Access log");
  await page.locator("table").waitFor();
  await lookAt("desk-readings");
  await open("Legal holds");
  await page.getByRole("button", { name: "End the hold" }).first().click();
  await lookAt("desk-holds");
  await page.getByRole("button", { name: "End it now" }).click();
  await page.getByText("ended").first().waitFor();
  assert.ok(held.id, "a hold has an id");
  await open("Disclosures");
  await page.getByRole("button", { name: "Ask for a disclosure" }).click();
  await page.locator("dialog[open]").waitFor();
  await lookAt("desk-ask-disclosure");
  await page.getByLabel("Ground", { exact: true }).selectOption("emergency");
  await page.getByLabel("Conversation", { exact: true }).fill(`/console/inbox/${talk.id}`);
  await page.getByLabel("Why", { exact: true }).fill("A life is in danger");
  await page.getByLabel("Recipient", { exact: true }).fill("Rescue centre");
  const key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  await page.getByLabel("Their public key").fill(key);
  await page.getByRole("button", { name: "Ask for it" }).click();
  await page.getByText("0 of 1 approvals").waitFor();
  await lookAt("desk-disclosures");
  // Somebody else's, so that this officer may approve it.
  await ask("execute", { sql: "update disclosure set requested_by = disclosure_id" });
  await page.reload();
  const press = (name) => page.getByRole("button", { name, exact: true }).first().click();
  await press("Show why and to whom");
  await page.getByText("A life is in danger").waitFor();
  await press("Approve");
  await press("Approve it");
  await press("Release");
  await lookAt("desk-release");
  await press("Release it");
  const saved = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save the sealed copy" }).first().click();
  const copy = await readFile(await (await saved).path(), "latin1");
  assert.match(copy, /^age-encryption.org/, "the sealed copy");
  await page.getByText("second approval due").first().waitFor();
  await lookAt("desk-released");
  await become("owner");
}

async function lookAtTalk(page, lookAt, isPhone) {
  await page.getByText("line 29").first().click();
  await page.getByRole("log").getByText("line 29").waitFor();
  if (!isPhone) await page.getByText("Who has read it").waitFor();
  await lookAt("talk");
  if (isPhone) return;
  for (const [keys, screen] of [
    ["Control+k", "palette"],
    ["?", "keys"],
    ["a", "assign"],
    ["s", "snooze"],
  ]) {
    await page.keyboard.press(keys);
    await page.locator("dialog[open]").waitFor();
    await lookAt(screen);
    await page.keyboard.press("Escape");
    await page.locator("dialog[open]").waitFor({ state: "detached" });
  }
  await page.keyboard.press("n");
  // Letters typed before the field is there would be commands.
  await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  await page.keyboard.type("Only for us.");
  await lookAt("note");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Delete");
  await page.getByRole("button", { name: "Erase" }).click();
  await page.locator("dialog[open]").waitFor();
  await lookAt("erase");
  await page.keyboard.press("Escape");
}

async function lookAtPages(browser, siteId, size) {
  const { context, page } = await openPage(browser, optionsOf(size, "en-GB"));
  for (const [screen, address] of [
    ["home", "/"],
    ["privacy", "/privacy"],
    ["chat", `/chat/${siteId}`],
    ["problem", "/nothing-here"],
    ["your-data-ask", "/privacy/me"],
  ]) {
    await page.goto(`${facts.base}${address}`);
    await look(page, `page-${screen}-${size}`, ["ltr", "rtl"]);
  }
  await page.goto(`${facts.base}/chat/${siteId}`);
  await page.getByLabel("Month").selectOption("May");
  await page.getByLabel("Year").fill("1980");
  await page.getByRole("button", { name: "Go on to the chat" }).click();
  await page.locator("textarea").first().fill("Where is my parcel?");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("button", { name: "What you hold about me" }).click();
  await page.getByRole("heading", { name: "Every field" }).waitFor();
  await page.getByRole("button", { name: "Stop its use" }).click();
  await page.getByRole("status").waitFor();
  await look(page, `page-your-data-${size}`, ["ltr", "rtl"]);
  await context.close();
}
