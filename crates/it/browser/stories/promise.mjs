// One person's way through all that they are promised: they write, ask for letters about the policy, are read by
// two, opt out by one click, ask by mail, take a copy, erase; every receipt is checked away from the server.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { openBrowser, openPage, signIn, widgetOf } from "../lib/browser.mjs";
import { ask, call, facts, serveHostPage, shopPage, story, tagOf } from "../lib/world.mjs";

const QUESTION = "Where is parcel 7?";
/** Longer than a letter, or a round of the program's own work, takes. */
const WAIT_MS = 10_000;
const LINK = /https?:\/\/\S+/;

await story(async () => {
  let tag = "";
  const host = await serveHostPage(() => ({ html: shopPage(tag) }));
  const site = await ask("site", { fields: { name: "Lamps", origins: [host.origin] } });
  tag = tagOf(facts.base, site.id);
  // Nobody takes conversations now: the panel asks for an address.
  await call("PUT", "/api/console/me/availability", { availability: "away" });
  const browser = await openBrowser();
  const visitor = await openPage(browser, { acceptDownloads: true });
  visitor.page.setDefaultTimeout(WAIT_MS);
  await visitor.page.goto(host.origin);
  const widget = widgetOf(visitor.page);
  await widget.launcher.click();
  await widget.say(QUESTION);
  await widget.log.getByText(QUESTION).waitFor();

  await leaveAddress(browser, widget);
  await subscribe(browser, visitor.page, widget);
  await ask("colleague");
  for (const [email, words] of [
    [facts.email, "It leaves today."],
    [facts.colleague, "It is at your door."],
  ]) {
    await answer(browser, email, words);
    await widget.log.getByText(words).waitFor();
  }
  await optOut(browser, visitor.page, widget);
  await askByMail(browser);
  await erase(visitor.page, widget);
  assert.deepEqual(visitor.seen.errors, [], "errors in the visitor's page");
  await browser.close();
});

/** Opens a link from a letter in a browser of its own, and presses its button. */
async function followLink(browser, letter, button) {
  const { context, page } = await openPage(browser, { acceptDownloads: true });
  await page.goto(letter.text.match(LINK)[0]);
  page.setDefaultTimeout(WAIT_MS);
  await page.getByRole("button", { name: button }).click();
  return { context, page };
}

/** The address for answers, proved by its letter. */
async function leaveAddress(browser, { chat }) {
  await chat.getByLabel("Your e-mail address").fill(facts.address);
  await chat.getByRole("button", { name: "Save the address" }).click();
  await chat.getByText(`We have sent a letter to ${facts.address}.`).first().waitFor();
  const letter = await ask("letter", { to: facts.address, has: "/verify/" });
  const { context, page } = await followLink(browser, letter, "Yes, this is my address");
  await page.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
  await context.close();
}

async function openHeld({ chat }) {
  await chat.locator(".menu > button").click();
  await chat.getByRole("button", { name: "What you hold about me" }).click();
  const heading = chat.getByRole("heading", { name: "Letters about the policy" });
  await heading.evaluate((it) => it.scrollIntoView({ block: "center" }));
}

async function closeHeld({ chat }) {
  await chat.locator(".head > button").first().click();
}

/** In the chat itself; nothing is on before the link in the letter is used. */
async function subscribe(browser, page, widget) {
  const { chat } = widget;
  await openHeld(widget);
  await picture(page, "promise-subscribe");
  await chat.getByLabel("Your e-mail address").fill(facts.address);
  await chat.getByRole("button", { name: "Tell me by letter" }).click();
  await chat.getByText("The link in the letter waits to be used.").waitFor();
  assert.deepEqual(await subscriptions(), ["pending"], "asked for, not confirmed");
  const letter = await ask("letter", { to: facts.address, has: "/privacy/notices/" });
  assert.equal(letter.unsubscribe, null, "the letter that asks is no campaign");
  const confirmed = await followLink(browser, letter, "Yes, send me these letters");
  await confirmed.page.getByRole("heading", { name: /You will hear from us/ }).waitFor();
  await confirmed.context.close();
  assert.deepEqual(await subscriptions(), ["confirmed"]);
  await closeHeld(widget);
}

/** One who answers reads the conversation and writes. */
async function answer(browser, email, words) {
  const { context, page } = await openPage(browser);
  await signIn(page, facts.base, email, facts.password);
  await page.getByText(/Where is parcel 7\?|It leaves today\./).first().click();
  const field = page.getByRole("textbox", { name: "Reply" });
  await page.getByRole("log").getByText(QUESTION).waitFor();
  await field.fill(words);
  await field.press("Control+Enter");
  await page.getByRole("log").getByText(words).waitFor();
  await context.close();
}

/** A look at the link changes nothing; the mail program's one click ends it. */
async function optOut(browser, visitorPage, widget) {
  await ask("announce");
  const letter = await ask("letter", { to: facts.address, has: "/privacy/v/1/to/2" });
  assert.equal(letter.unsubscribe_post, "List-Unsubscribe=One-Click");
  const signed = letter.dkim.replace(/\s/g, "").toLowerCase();
  assert.match(signed, /h=[^;]*list-unsubscribe:/, "signed over the link");
  assert.match(signed, /h=[^;]*list-unsubscribe-post/, "and over the way to use it");
  const url = letter.unsubscribe.slice(1, -1);
  const { context, page } = await openPage(browser);
  await page.goto(url);
  await page.getByRole("button", { name: "Stop these letters" }).waitFor();
  await picture(page, "promise-unsubscribe");
  await context.close();
  assert.deepEqual(await subscriptions(), ["confirmed"], "a look changes nothing");
  assert.equal(await count("suppression"), 0);

  assert.deepEqual(await ask("one_click", { url }), { status: 200 });

  assert.equal(await count("suppression"), 1);
  assert.ok(!(await subscriptions()).includes("confirmed"), "ended");
  await openHeld(widget);
  await widget.chat.getByText("No letters about the policy").waitFor();
  await picture(visitorPage, "promise-ended");
  await closeHeld(widget);
}

/** By a letter with nothing but the subject; its answer leads into the centre. */
async function askByMail(browser) {
  await ask("write", { subject: "Re: Privacy Policy" });
  const letter = await ask("letter", { to: facts.address, has: "/privacy/request/" });
  const { context, page } = await followLink(browser, letter, "It was me: do it now");
  await page.waitForURL("**/privacy/me");
  await picture(page, "promise-centre");
  const who = await page.locator("section[aria-labelledby=readers] td:nth-child(2)").allInnerTexts();
  assert.equal(new Set(who).size, 2, `read by two: ${who}`);
  const copy = JSON.parse(await download(page, page.getByRole("button", { name: "Download as JSON" })));
  const said = copy.conversations.flatMap((it) => it.messages.map((message) => message.body));
  for (const text of [QUESTION, "It leaves today.", "It is at your door."]) {
    assert.ok(said.includes(text), `in the copy: ${text} of ${said}`);
  }
  const choices = copy.consents.filter((it) => it.purpose === "notice.letter");
  assert.deepEqual(choices.map((it) => it.granted).sort(), [false, true], "both choices");

  await page.reload();
  const links = await page.locator("a.receipt").evaluateAll((all) => all.map((it) => it.href));
  assert.ok(links.length >= 4, `receipts: ${links}`);
  for (const link of new Set(links)) await check(await (await page.request.get(link)).text());
  await context.close();
}

/** In the chat, with the receipt taken along. */
async function erase(page, widget) {
  const { chat } = widget;
  await openHeld(widget);
  await chat.getByRole("button", { name: "Erase all of it" }).click();
  await chat.getByRole("button", { name: "Erase all of it" }).click();
  const receipt = await download(page, chat.getByRole("button", { name: "Download the receipt" }));
  assert.match(receipt, /"kind": ?"erasure"/);
  await check(receipt);
  for (const table of ["visitor", "conversation", "message", "consent", "subscription"]) {
    assert.equal(await count(table), 0, `rows left in ${table}`);
  }
  assert.equal(await count("suppression"), 1, "not written to by mistake");
}

/** Whole away from the server; with one bit of what it records turned, it says which entry is wrong. */
async function check(receipt) {
  const whole = await ask("verify", { text: receipt });
  assert.equal(whole.code, 0, whole.said);
  const place = receipt.indexOf('"at"') + receipt.slice(receipt.indexOf('"at"')).search(/\d/);
  const bytes = Buffer.from(receipt);
  const at = Buffer.byteLength(receipt.slice(0, place));
  bytes[at + 4] ^= 1;
  const altered = await ask("verify", { text: bytes.toString() });
  assert.equal(altered.code, 1, altered.said);
  assert.match(altered.said, /entry altered: entry \d+ is not the one that was recorded/);
}

async function download(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return readFile(await file.path(), "utf8");
}

async function subscriptions() {
  const rows = await ask("rows", { sql: "select state from subscription" });
  return rows.map((row) => row[0]);
}

async function count(table) {
  return (await ask("row_counts"))[table];
}

async function picture(page, name) {
  await page.screenshot({ path: `${facts.pictures}/${name}.png` });
}
