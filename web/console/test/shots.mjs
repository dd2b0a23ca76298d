// Takes pictures of the console's screens and asks axe about each: `node console/test/shots.mjs FOLDER`.
// Exits with 1 when axe finds a violation or the page reports an error.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { startMock } from "./mock/server.mjs";

const folder = process.argv[2] ?? path.join(tmpdir(), "chatham-console-pictures");
const only = process.argv[3];
mkdirSync(folder, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const executablePath = process.env.CHROME_PATH ?? "/usr/bin/chromium";

const looks = [
  { name: "light", width: 1440, height: 900, colorScheme: "light" },
  { name: "dark", width: 1440, height: 900, colorScheme: "dark" },
  { name: "mid", width: 1100, height: 760, colorScheme: "light" },
  { name: "phone", width: 390, height: 844, colorScheme: "light", phone: true },
  { name: "phonedark", width: 390, height: 844, colorScheme: "dark", phone: true },
  { name: "rtl", width: 1440, height: 900, colorScheme: "light", rtl: true },
];

const openFirst = async (page) => {
  await page.locator(".row").first().click();
  await page.locator(".bubble").first().waitFor();
};
const settings = [
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

const screens = [
  { name: "inbox", at: "inbox", wait: ".row" },
  { name: "conversation", at: "inbox", wait: ".row", act: openFirst },
  {
    name: "note",
    at: "inbox",
    wait: ".row",
    act: async (page) => {
      await openFirst(page);
      await page.getByRole("button", { name: "Note", exact: true }).click();
      await page.locator("textarea").fill("Check the stock of the long cable on Thursday.");
    },
  },
  {
    name: "canned",
    at: "inbox",
    wait: ".row",
    act: async (page) => {
      await openFirst(page);
      await page.locator("textarea").pressSequentially("/");
      await page.locator(".canned-row").first().waitFor();
    },
  },
  {
    name: "palette",
    at: "inbox",
    wait: ".row",
    act: async (page) => {
      await openFirst(page);
      await page.keyboard.press("Control+k");
      await page.locator(".picker-row").first().waitFor();
    },
  },
  {
    name: "sheet",
    at: "inbox",
    wait: ".row",
    act: async (page) => {
      await openFirst(page);
      await page.locator(".log").focus();
      await page.keyboard.press("?");
      await page.locator(".sheet-row").first().waitFor();
    },
  },
  {
    name: "search",
    at: "search",
    wait: ".search-field",
    act: async (page) => {
      await page.locator("input[type=search]").fill("cable");
      await page.locator(".result").first().waitFor();
    },
  },
  ...settings.map((name) => ({ name, at: `settings/${name}`, wait: ".page-head" })),
  { name: "disclosures", at: "privacy/disclosures", wait: ".card" },
  {
    name: "disclosure-open",
    at: "privacy/disclosures",
    wait: ".card",
    act: async (page) => {
      await page.getByRole("button", { name: "Show why and to whom" }).first().click();
      await page.locator("dl").waitFor();
      await page.getByRole("button", { name: "Approve" }).first().click();
    },
  },
  {
    name: "disclosure-ask",
    at: "privacy/disclosures",
    wait: ".card",
    act: async (page) => {
      await page.getByRole("button", { name: "Ask for a disclosure" }).click();
      await page.locator("dialog[open]").waitFor();
    },
  },
  { name: "holds", at: "privacy/holds", wait: ".card" },
  { name: "readings", at: "privacy/readings", wait: "table" },
  { name: "setup", at: "setup#token=abc", wait: ".frame-card" },
  { name: "login", at: "login", wait: ".frame-card", signedOut: true },
];

const mock = await startMock();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
let faults = 0;
for (const look of looks) {
  for (const screen of screens) {
    if (only && !`${screen.name}-${look.name}`.includes(only)) continue;
    faults += await shoot(look, screen);
  }
}
await browser.close();
mock.close();
process.exitCode = faults > 0 ? 1 : 0;

async function shoot(look, screen) {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.colorScheme,
    isMobile: look.phone ?? false,
    hasTouch: look.phone ?? false,
    reducedMotion: "reduce",
    locale: "en-GB",
    serviceWorkers: "block",
  });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (line) => {
    if (line.type() === "error" && !/WebSocket|401|404/.test(line.text())) errors.push(line.text());
  });
  if (screen.signedOut) {
    await page.route("**/api/console/session", (route) =>
      route.fulfill({ status: 401, json: { code: "unauthenticated", status: 401 } }),
    );
  }
  await page.goto(`${mock.base}/console/${screen.at}`);
  const name = `${screen.name}-${look.name}`;
  try {
    await page.locator(screen.wait).first().waitFor({ timeout: 5000 });
    if (look.rtl) await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
    if (screen.act) await screen.act(page);
    await page.waitForTimeout(350);
  } catch (error) {
    errors.push(String(error).slice(0, 300));
  }
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
  const result = await runAxe(page);
  for (const error of errors) console.log(`${name}: error ${error}`);
  for (const it of result.violations) console.log(say(name, "violation", it));
  for (const it of result.incomplete) console.log(say(name, "incomplete", it));
  await context.close();
  return errors.length + result.violations.length;
}

async function runAxe(page) {
  // Through the debugger, which the page's content-security policy does not bind.
  await page.evaluate(`${axe};undefined`);
  return page.evaluate((tags) => globalThis.axe.run({ runOnly: tags }), TAGS);
}

function say(name, kind, found) {
  const places = found.nodes.map((node) => node.target.flat().join(" ")).slice(0, 3);
  return `${name}: ${kind} ${found.id} (${found.impact}): ${places.join(" | ")}`;
}
