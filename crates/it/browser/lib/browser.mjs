// Chromium as Debian ships it, with eyes on all that a page does.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts the browser; the caller closes it. */
export async function openBrowser() {
  const executablePath = PLACES.find((place) => existsSync(place));
  if (!executablePath) throw new Error("no Chromium: run `cargo xtask setup`");
  // As root, and in containers, the browser cannot make its own sandbox.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** A new context's page that records requests, console errors and uncaught errors. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const page = await context.newPage();
  const seen = { requests: [], errors: [] };
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (line) => {
    if (line.type() === "error") seen.errors.push(line.text());
  });
  return { context, page, seen };
}

/** All that a page has stored in the browser. */
export async function readStorage(context, page) {
  const inPage = await page.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    databases: (await indexedDB.databases()).map((it) => it.name),
    caches: globalThis.caches ? await caches.keys() : [],
  }));
  return { cookies: await context.cookies(), ...inPage };
}

/** The widget as a visitor finds it, by roles and names. */
export function widgetOf(page) {
  const chat = page.locator("chatham-chat");
  return {
    chat,
    launcher: chat.locator("button").first(),
    panel: chat.getByRole("dialog"),
    log: chat.getByRole("log"),
    field: chat.getByRole("textbox", { name: "Your message" }),
    send: chat.getByRole("button", { name: "Send", exact: true }),
    /** Month and year of birth, asked with the first message of somebody new. */
    age: chat.locator("form.age"),
    async say(text) {
      await this.field.fill(text);
      await this.field.press("Enter");
      await this.answerAge();
    },
    /** As a grown-up, if it is asked before what was written is shown. */
    async answerAge() {
      await this.age.or(chat.locator(".mine").last()).first().waitFor();
      if (!(await this.age.isVisible())) return;
      await this.age.getByRole("combobox").selectOption("5");
      await this.age.getByRole("textbox").fill("1980");
      await this.age.locator("button.main").click();
    },
  };
}

/** Signs an agent in and leaves the console open. */
export async function signIn(page, base, email, password) {
  await page.goto(`${base}/console/login`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL("**/console/inbox**");
}
