// A shift at the console without a mouse: from the sign-in to an erasure.
import assert from "node:assert/strict";
import { openBrowser, openPage, widgetOf } from "../lib/browser.mjs";
import { ask, facts, serveHostPage, shopPage, story, tagOf } from "../lib/world.mjs";

/** More presses of Tab than any screen here has controls. */
const TABS_MAX = 60;

await story(async () => {
  let tag = "";
  const host = await serveHostPage(() => ({ html: shopPage(tag) }));
  const site = await ask("site", { fields: { name: "Lamps", origins: [host.origin] } });
  tag = tagOf(facts.base, site.id);
  const browser = await openBrowser();
  const { page: shop } = await openPage(browser);
  await shop.goto(host.origin);
  const widget = await writeByKeyboard(shop);
  const { page, seen } = await openPage(browser, { viewport: { width: 1280, height: 800 } });
  await signInByKeyboard(page);
  await answerByKeyboard(page);
  await widget.log.getByText("Three weeks.").waitFor();
  await resolveByKeyboard(page);
  await eraseByKeyboard(page);
  await widget.log.getByText("Everything in this conversation has been erased.").waitFor();
  // The one refusal is the answer to who is signed in, before anybody is.
  assert.deepEqual(seen.errors.filter((it) => !it.includes("401")), []);
  await browser.close();
});

/** Presses Tab until the focus is on a control of this name. */
async function tabTo(page, name) {
  for (let press = 0; press < TABS_MAX; press += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      let one = document.activeElement;
      while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
      return `${one?.getAttribute("aria-label") ?? ""} ${one?.textContent ?? ""}`;
    });
    if (at.includes(name)) return;
  }
  throw new Error(`no press of Tab leads to ${name}`);
}

async function writeByKeyboard(page) {
  const widget = widgetOf(page);
  await widget.launcher.waitFor();
  await tabTo(page, "Open the chat");
  await page.keyboard.press("Enter");
  await widget.field.waitFor();
  await page.keyboard.type("How long does a repair take?");
  await page.keyboard.press("Enter");
  // The question of age: month, year, Enter.
  await widget.age.waitFor();
  await page.keyboard.type("May");
  await page.keyboard.press("Tab");
  await page.keyboard.type("1980");
  await page.keyboard.press("Enter");
  await widget.log.getByText("How long does a repair take?").waitFor();
  return widget;
}

async function signInByKeyboard(page) {
  await page.goto(`${facts.base}/console/login`);
  await page.getByLabel("E-mail").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type(facts.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(facts.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/console/inbox**");
  await page.locator(".row").first().waitFor();
}

async function answerByKeyboard(page) {
  const log = page.getByRole("log");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await log.getByText("How long does a repair take?").waitFor();
  await page.keyboard.press("r");
  await page.keyboard.type("Three weeks.");
  await page.keyboard.press("Control+Enter");
  await log.getByText("Three weeks.").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await page.locator(".composer-note").waitFor();
  await page.keyboard.type("Ask the workshop.");
  await page.keyboard.press("Control+Enter");
  await log.getByText("Ask the workshop.").waitFor();
  await page.keyboard.press("Escape");
}

async function resolveByKeyboard(page) {
  await page.keyboard.press("?");
  await page.locator("dialog[open]").getByText("Resolve and open the next").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await page.keyboard.press("e");
  await page.getByRole("button", { name: "Open again" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.locator("dialog[open]").waitFor();
  await page.keyboard.type("open again");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Resolve", exact: true }).waitFor();
}

async function eraseByKeyboard(page) {
  await page.getByText("Who has read it").waitFor();
  await tabTo(page, "Reveal");
  await page.keyboard.press("Enter");
  await page.getByText("This reading is logged").waitFor();
  await tabTo(page, "Erase this person");
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor();
  await tabTo(page, "Erase now");
  await page.keyboard.press("Enter");
  await page.getByText("Erased, with proof").waitFor();
  await page.keyboard.press("Escape");
}
