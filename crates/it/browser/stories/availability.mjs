// An open panel says at once whether somebody answers, and takes away nothing that was begun.
import assert from "node:assert/strict";
import { openBrowser, openPage, signIn, widgetOf } from "../lib/browser.mjs";
import { ask, call, facts, serveHostPage, shopPage, story, tagOf } from "../lib/world.mjs";

await story(async () => {
  let tag = "";
  const host = await serveHostPage(() => ({ html: shopPage(tag) }));
  const site = await ask("site", { fields: { name: "Lamps", origins: [host.origin] } });
  tag = tagOf(facts.base, site.id);
  const browser = await openBrowser();
  const desk = await openPage(browser);
  await signIn(desk.page, facts.base, facts.email, facts.password);
  const { page } = await openPage(browser);
  await page.goto(host.origin);
  const widget = widgetOf(page);
  await widget.launcher.click();
  await widget.panel.getByText("Here now").waitFor();
  await widget.say("Good morning");
  await widget.log.getByText("Good morning").waitFor();
  // The panel hears from its first message on.
  await widget.log.getByText(/Sent|Delivered|Read/).first().waitFor();
  await widget.panel.getByRole("button", { name: "Options" }).click();
  await widget.panel.getByRole("button", { name: "Start a new conversation" }).click();
  await widget.panel.getByText("Hello. How can we help?").waitFor();

  await call("PUT", "/api/console/me/availability", { availability: "away" });
  await widget.panel.getByText("Away at the moment").waitFor();
  await widget.panel.getByText("We are not at the desk just now").waitFor();

  await widget.field.fill("Half a sen");
  await setHours({ always: false });
  await widget.panel.getByText("Closed now").waitFor();
  assert.equal(await widget.field.inputValue(), "Half a sen");

  await setHours({ always: true });
  await call("PUT", "/api/console/me/availability", { availability: "online" });
  await widget.panel.getByText("Here now").waitFor();
  await widget.panel.getByText("Hello. How can we help?").waitFor();
  await browser.close();
});

async function setHours(change) {
  const hours = await call("GET", "/api/console/working-hours");
  await call("PUT", "/api/console/working-hours", { ...hours, days: [], ...change });
}
