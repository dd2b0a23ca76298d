// What the browser checks share: one browser, a page of a host, and the visitor's usual acts.
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { startServer } from "./server.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const FAULTS = [
  /409 \(Conflict\)/,
  /429 /,
  /403 /,
  /401 /,
  /ERR_INTERNET_DISCONNECTED/,
  /ERR_INCOMPLETE/,
];

export const launchBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });

const visits = new Set();

/** Closes what a failed check left open. */
export async function closeVisits() {
  for (const { context, server } of visits) {
    await context.close();
    server.close();
  }
  visits.clear();
}

/** Opens the host page in a context of its own; `close` fails on an unexpected console error. */
export async function visit(
  browser,
  { server: options = {}, context: contextOptions = {}, lang = "en", expected = [] } = {},
) {
  const server = await startServer(options);
  const context = await browser.newContext(contextOptions);
  const errors = [];
  const opened = { context, server };
  visits.add(opened);
  async function newPage() {
    const page = await context.newPage();
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      const text = message.text();
      const isExpected = [...FAULTS, ...expected].some((it) => it.test(text));
      if (message.type() === "error" && !isExpected) errors.push(text);
    });
    await page.goto(`${server.page}?lang=${lang}`);
    await page.locator("chatham-chat").waitFor({ state: "attached" });
    return page;
  }
  const page = await newPage();
  return {
    server,
    context,
    page,
    newPage,
    async close() {
      visits.delete(opened);
      await context.close();
      server.close();
      if (errors.length > 0) throw new Error(`console: ${errors.join("\n")}`);
    },
  };
}

export const launcher = (page) => page.locator("chatham-chat").getByRole("button").first();
export const log = (page) => page.getByRole("log");
export const composer = (page) => page.getByRole("dialog").getByRole("textbox").last();

export async function openPanel(page) {
  await launcher(page).click();
  await composer(page).waitFor();
}

export async function say(page, text) {
  await composer(page).fill(text);
  await composer(page).press("Enter");
  await log(page).getByText(text, { exact: true }).waitFor();
}

/** The texts of all messages on screen, in order. */
export const texts = (page) => log(page).locator(".bubble").allTextContents();

/** What this page's origin holds. */
export const stored = (page) =>
  page.evaluate(async () => ({
    session: Object.keys(sessionStorage),
    local: Object.keys(localStorage),
    databases: (await indexedDB.databases()).length,
    cookies: document.cookie,
  }));

/** Violations of the accessibility rules, in words; empty when there is none. */
export async function findFaults(page) {
  const result = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return result.violations.map(
    (it) => `${it.id}: ${it.nodes.map((node) => node.target.join(" ")).join(", ")}`,
  );
}

/** Waits until `check` is true, for at most fifteen seconds. */
export async function until(check, what) {
  for (let round = 0; round < 300; round += 1) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within fifteen seconds: ${what}`);
}
