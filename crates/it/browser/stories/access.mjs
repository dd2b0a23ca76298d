// Accessibility rules on the screens that people use, in both themes, both directions, two sizes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { openBrowser, openPage, signIn, widgetOf } from "../lib/browser.mjs";
import { ask, call, facts, serveHostPage, shopPage, story, tagOf } from "../lib/world.mjs";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** What axe cannot decide by itself, and why it is no fault here. A rule that is not named fails. */
const EXPLAINED = {
  "color-contrast": "text over a picture or a part that another covers; the tokens' ratios are tested in web/ui",
};

await story(async () => {
  let tag = "";
  let lang = "en";
  const host = await serveHostPage(() => ({
    html: shopPage(tag).replace('lang="en"', lang === "ar" ? 'lang="ar" dir="rtl"' : 'lang="en"'),
  }));
  const site = await ask("site", { fields: { name: "Lamps", origins: [host.origin] } });
  tag = tagOf(facts.base, site.id);
  const browser = await openBrowser();
  const faults = [];
  for (const colorScheme of ["light", "dark"]) {
    for (const size of Object.keys(SIZES)) {
      for (lang of ["en", "ar"]) {
        const look = { colorScheme, size, lang };
        faults.push(...(await checkWidget(browser, host.origin, look)));
      }
      faults.push(...(await checkConsole(browser, { colorScheme, size, lang: "en" })));
    }
  }
  for (const fault of faults) console.log(fault);
  assert.equal(faults.length, 0, `${faults.length} faults of accessibility`);
  await browser.close();
});

function optionsOf({ colorScheme, size, lang }) {
  const isPhone = size === "phone";
  return {
    colorScheme,
    viewport: SIZES[size],
    isMobile: isPhone,
    hasTouch: isPhone,
    reducedMotion: "reduce",
    locale: lang === "ar" ? "ar" : "en-GB",
    bypassCSP: true,
  };
}

async function checkWidget(browser, origin, look) {
  const { context, page } = await openPage(browser, optionsOf(look));
  const faults = [];
  await page.goto(origin);
  const widget = widgetOf(page);
  await widget.launcher.click();
  const field = widget.chat.locator("textarea").first();
  await field.waitFor();
  faults.push(...(await check(page, look, "widget-open")));
  await field.fill("Good morning");
  // The words stand on the screen before the server has them; the conversation is there once it answers.
  const isTaken = page.waitForResponse(
    (it) => it.request().method() === "POST" && it.status() === 201,
  );
  await field.press("Enter");
  await isTaken;
  await fillConversation();
  await widget.log.getByText("line 29").waitFor({ timeout: 20_000 });
  faults.push(...(await check(page, look, "widget-talk")));
  await field.fill("x".repeat(10_001));
  faults.push(...(await check(page, look, "widget-error")));
  await context.close();
  return faults;
}

/** Makes the newest conversation thirty messages long. */
async function fillConversation() {
  const list = await call("GET", "/api/console/conversations?view=all&state=open&limit=50");
  const newest = list.conversations.toSorted((a, b) => b.created_at - a.created_at)[0];
  for (let number = 1; number < 30; number += 1) {
    await call("POST", `/api/console/conversations/${newest.id}/messages`, {
      client_msg_id: crypto.randomUUID(),
      kind: "message",
      body: `line ${number}`,
    });
  }
}

async function checkConsole(browser, look) {
  const { context, page } = await openPage(browser, optionsOf(look));
  const faults = [];
  await page.goto(`${facts.base}/console/login`);
  await page.getByLabel("Password", { exact: true }).waitFor();
  faults.push(...(await check(page, look, "console-login")));
  await signIn(page, facts.base, facts.email, facts.password);
  await page.getByText("line 29").first().click();
  await page.getByRole("log").getByText("line 29").waitFor();
  if (look.size === "desktop") await page.getByText("Who has read it").waitFor();
  faults.push(...(await check(page, look, "console-talk")));
  for (const part of ["install", "team", "hours", "replies", "look", "policy", "account"]) {
    await page.goto(`${facts.base}/console/settings/${part}`);
    await page.getByRole("heading").first().waitFor();
    faults.push(...(await check(page, look, `console-${part}`)));
  }
  await page.goto(`${facts.base}/privacy`);
  faults.push(...(await check(page, look, "privacy")));
  await context.close();
  return faults;
}

/** Takes a picture and asks axe; gives one line for each fault. */
async function check(page, look, screen) {
  const name = `${screen}-${look.colorScheme}-${look.size}-${look.lang}`;
  await page.screenshot({ path: path.join(facts.pictures, `${name}.png`) });
  await page.evaluate(axeSource);
  const result = await page.evaluate((tags) => globalThis.axe.run({ runOnly: tags }), TAGS);
  const lines = result.violations.map((it) => say(name, "fault", it));
  const open = result.incomplete.filter((it) => !(it.id in EXPLAINED));
  lines.push(...open.map((it) => say(name, "undecided", it)));
  return lines;
}

function say(name, kind, found) {
  const places = found.nodes.map((node) => node.target.flat().join(" ")).slice(0, 4);
  return `${name}: ${kind} ${found.id} (${found.impact}): ${places.join(" | ")}`;
}
