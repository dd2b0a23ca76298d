// A shift at the console, without a mouse, against the mock: `node console/test/story.mjs`.
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { world, write } from "./mock/routes.mjs";
import { startMock } from "./mock/server.mjs";
import { countStreams, cut, emit } from "./mock/stream.mjs";

const executablePath = process.env.CHROME_PATH ?? "/usr/bin/chromium";
const only = process.argv[2] ?? "";
const mock = await startMock();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const visitor = { kind: "visitor" };
const colleague = { kind: "agent", id: world.agents[1].id, name: world.agents[1].name };
let failed = 0;

async function story(name, run, at = "inbox") {
  if (!name.includes(only)) return;
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (line) => {
    if (line.type() === "error" && !/WebSocket|Failed to load|ERR_/.test(line.text()))
      errors.push(line.text());
  });
  try {
    await page.goto(`${mock.base}/console/${at}`);
    await run(page);
    assert.deepEqual(errors, []);
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}: ${error.stack ?? error}`, errors);
    if (!page.isClosed())
      await page.screenshot({ path: path.join(tmpdir(), "chatham-console-story.png") });
  }
  if (!page.isClosed()) await page.unrouteAll({ behavior: "ignoreErrors" });
  await context.close();
}

/** The conversation in which a message says this, whatever was written there since. */
function find(text) {
  const wanted = new RegExp(`${text}(?!\\d)`);
  return world.conversations.find((one) =>
    world.messages.get(one.id).some((message) => wanted.test(message.body)),
  );
}
const reply = (page) => page.getByRole("textbox", { name: "Reply" });
const log = (page) => page.getByRole("log");

async function openByText(page, text) {
  await page.locator(`.row[href*="${find(text).id}"]`).click();
  await log(page).locator(".bubble").first().waitFor();
}

await story("j, k and Enter move and open; r writes; Ctrl+Enter sends", async (page) => {
  await page.locator(".row").first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await log(page).getByText("Alba pendant", { exact: false }).first().waitFor();
  await page.keyboard.press("r");
  await page.keyboard.type("Yes, in green too.");
  await page.keyboard.press("Control+Enter");
  await log(page).getByText("Yes, in green too.").waitFor();
  await page.locator(".message-pending").waitFor({ state: "detached" });
  assert.equal(
    world.messages.get(find("Yes, in green").id).filter((m) => m.body.includes("Yes, in green"))
      .length,
    1,
  );
});

await story("a note turns the composer yellow and stays with the team", async (page) => {
  await openByText(page, "The switch of my Nord");
  await page.keyboard.press("n");
  await page.locator(".composer-note").waitFor();
  await page.keyboard.type("Ask the workshop.");
  await page.keyboard.press("Control+Enter");
  await page.locator(".message-note", { hasText: "Ask the workshop." }).waitFor();
  assert.equal(world.messages.get(find("Ask the workshop").id).at(-1).kind, "note");
});

await story(
  "drafts stay in memory for each conversation and each kind, and never in storage",
  async (page) => {
    await openByText(page, "Norway");
    await reply(page).fill("secret draft");
    await page.getByRole("button", { name: "Note", exact: true }).click();
    assert.equal(await page.locator("textarea").inputValue(), "");
    await openByText(page, "The switch of my Nord");
    assert.equal(await reply(page).inputValue(), "");
    await openByText(page, "Norway");
    await page.getByRole("button", { name: "Reply", exact: true }).click();
    assert.equal(await reply(page).inputValue(), "secret draft");
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]),
    );
    assert.ok(!kept.includes("secret"), kept);
  },
);

await story(
  "a visitor's message comes by itself; the stream resumes after a cut without a double",
  async (page) => {
    const id = find("Norway").id;
    await openByText(page, "Norway");
    write(id, visitor, "first by stream");
    await log(page).getByText("first by stream").waitFor();
    cut();
    write(id, visitor, "while cut off");
    await log(page).getByText("while cut off").waitFor({ timeout: 15_000 });
    assert.equal(await log(page).getByText("while cut off").count(), 1);
  },
);

await story(
  "what is written without a connection is sent once it is back, in order, once",
  async (page) => {
    const id = find("Norway").id;
    await openByText(page, "Norway");
    await page.route("**/messages", (route) =>
      route.request().method() === "POST" ? route.abort() : route.continue(),
    );
    for (const text of ["offline one", "offline two"]) {
      await reply(page).fill(text);
      await reply(page).press("Control+Enter");
    }
    await page.getByText("Waiting for the connection").first().waitFor();
    await page.unroute("**/messages");
    await page.waitForFunction(() => !document.querySelector(".message-pending"), null, {
      timeout: 15_000,
    });
    const bodies = world.messages
      .get(id)
      .map((m) => m.body)
      .filter((body) => body.startsWith("offline"));
    assert.deepEqual(bodies, ["offline one", "offline two"]);
  },
);

await story("a newer reply of a colleague is shown before mine is sent", async (page) => {
  const id = find("The switch of my Nord").id;
  await openByText(page, "The switch of my Nord");
  await page.route("**/api/stream/**", (route) => route.abort());
  cut();
  write(id, colleague, "It leaves today.");
  await reply(page).fill("It leaves tomorrow.");
  await reply(page).press("Control+Enter");
  await page.getByText("Second Desk replied while you wrote").waitFor();
  await page.locator("blockquote", { hasText: "It leaves today." }).waitFor();
  await page.getByRole("button", { name: "Send mine too" }).click();
  await page.locator(".pending-held").waitFor({ state: "detached" });
  assert.equal(world.messages.get(id).at(-1).body, "It leaves tomorrow.");
});

await story("assign, snooze, resolve and the next by key", async (page) => {
  const snoozed = find("An older question, number 3").id;
  await openByText(page, "An older question, number 3");
  await log(page).focus();
  await page.keyboard.press("a");
  await page.locator(".picker[open]").waitFor();
  await page.keyboard.type("second");
  await page.keyboard.press("Enter");
  await page.locator(".chip-button", { hasText: "Second Desk" }).waitFor();
  await log(page).focus();
  await page.keyboard.press("s");
  await page.locator(".picker[open]").waitFor();
  await page.keyboard.type("tomorrow");
  await page.keyboard.press("Enter");
  await page.locator(".conversation-head .chip", { hasText: "Until" }).waitFor();
  assert.equal(world.conversations.find((one) => one.id === snoozed).state, "snoozed");
  await openByText(page, "An older question, number 5");
  await log(page).focus();
  await page.keyboard.press("Shift+E");
  await log(page).getByText("An older question, number 6").waitFor();
  assert.equal(find("An older question, number 5").state, "resolved");
});

await story("the palette does it by name, the sheet lists every key", async (page) => {
  await openByText(page, "Norway");
  await page.keyboard.press("Control+k");
  await page.locator(".picker[open]").waitFor();
  await page.keyboard.type("what we hold");
  await page.keyboard.press("Enter");
  await page.locator("aside.person").waitFor({ state: "detached" });
  await log(page).focus();
  await page.keyboard.press("?");
  const sheet = await page.locator(".sheet").innerText();
  for (const name of [
    "Next conversation",
    "Open conversation",
    "Reply",
    "Write a note",
    "Assign",
    "Snooze",
    "Resolve",
    "Mark as unread",
    "Search",
  ]) {
    assert.ok(sheet.includes(name), `${name} is not on the sheet`);
  }
});

await story("single keys can be switched off", async (page) => {
  await openByText(page, "Norway");
  await log(page).focus();
  await page.keyboard.press("?");
  await page.getByRole("switch", { name: "Single keys" }).click();
  await page.keyboard.press("Escape");
  await log(page).focus();
  await page.keyboard.press("n");
  await page.waitForTimeout(200);
  assert.equal(await page.locator(".composer-note").count(), 0);
});

await story("canned replies fill the names in", async (page) => {
  await openByText(page, "Alba pendant");
  await reply(page).pressSequentially("/gre");
  await page.locator(".canned-row").first().waitFor();
  await reply(page).press("Enter");
  assert.match(
    await reply(page).inputValue(),
    /^Hello Violet Visitor, this is First Desk from Lamps/,
  );
});

await story("a value is revealed on demand and said to be logged", async (page) => {
  await openByText(page, "Alba pendant");
  const item = page.locator(".held-item", { hasText: "E-mail" });
  await item.getByRole("button").click();
  await item.getByText("violet@visitor.example").waitFor();
  await item.getByText("This reading is logged").waitFor();
});

await story("erasing asks, gives a receipt, and takes the conversation away", async (page) => {
  await openByText(page, "Buy followers");
  await page.getByRole("button", { name: "Erase this person" }).click();
  await page.getByRole("button", { name: "Erase now" }).click();
  const receipt = page.getByRole("dialog", { name: "Erased, with proof" });
  await receipt.waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    receipt.getByRole("button", { name: "Save the receipt" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "chatham-receipt.json");
  assert.equal(await page.locator(".row", { hasText: "Buy followers" }).count(), 0);
});

await story("the rows under the first page come as one scrolls", async (page) => {
  await page.locator(".row").first().waitFor();
  const before = await page.locator(".row").count();
  await page.locator(".list-body").evaluate((node) => node.scrollTo(0, node.scrollHeight));
  await page.waitForFunction((count) => document.querySelectorAll(".row").length > count, before);
});

await story("the number of unread conversations stands in the title", async (page) => {
  await page.locator(".row").first().waitFor();
  await page.waitForFunction(() => /^\(\d+\) Inbox/.test(document.title));
});

await story(
  "the page that reports in turns the check green",
  async (page) => {
    await page.getByText("Waiting for your page").waitFor();
    emit("site.seen", {
      site_id: world.site.id,
      origin: "https://lamps.example",
      at: Date.now() * 1000 + 1000,
    });
    await page.locator(".check-seen").waitFor();
  },
  "settings/install",
);

await story(
  "an accent that cannot be read is corrected before the eyes",
  async (page) => {
    await page.getByLabel("Colour code").fill("#7a7a7a");
    await page.getByText("cannot be read").waitFor();
  },
  "settings/look",
);

await story(
  "a wrong code is said to be wrong; the right one signs in",
  async (page) => {
    await page.route("**/api/console/session", async (route) => {
      if (route.request().method() === "GET" && !page.isIn)
        return route.fulfill({ status: 401, json: { code: "unauthenticated", status: 401 } });
      const response = await route.fetch();
      page.isIn = response.ok() && route.request().method() === "POST" ? true : page.isIn;
      return route.fulfill({ response });
    });
    await page.reload();
    await page.getByLabel("E-mail").fill("two@shop.example");
    await page.getByLabel("Password", { exact: true }).fill("wrong");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByText("do not match").waitFor();
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByLabel("Code from your app").fill("000000");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByText("This code is not right").waitFor();
    await page.getByLabel("Code from your app").fill("123456");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL("**/console/inbox**");
  },
  "login",
);

await story(
  "a disclosure is approved, released and asked for without a mouse",
  async (page) => {
    const press = async (name) => {
      await page.getByRole("button", { name, exact: true }).first().focus();
      await page.keyboard.press("Enter");
    };
    await page.locator(".card").first().waitFor();
    await press("Show why and to whom");
    await page.getByText("District court, file 4 O 12").waitFor();
    await press("Approve");
    await press("Approve it");
    await page.getByText("2 of 2 approvals").first().waitFor();
    await press("Release");
    await press("Release it");
    await page.getByText("released", { exact: false }).first().waitFor();
    await press("Ask for a disclosure");
    await page.getByLabel("Ground", { exact: true }).selectOption("emergency");
    await page
      .getByLabel("Conversation", { exact: true })
      .fill(`/inbox/${world.conversations[0].id}`);
    await page.getByLabel("Why", { exact: true }).fill("A life is in danger");
    await page.getByLabel("Recipient", { exact: true }).fill("Rescue centre");
    await page.getByLabel("Their public key").fill("nobody");
    await page.keyboard.press("Enter");
    await page.getByText("Must be a public key of age.").waitFor();
    await page.getByLabel("Their public key").fill("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2e");
    await page.keyboard.press("Enter");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "Emergency: One conversation" }).first().waitFor();
  },
  "privacy/disclosures",
);

await story(
  "two tabs share one stream, and the second takes over when the first closes",
  async (page) => {
    const id = find("older question, number 8").id;
    await page.locator(".row").first().waitFor();
    const second = await page.context().newPage();
    await second.goto(`${mock.base}/console/inbox/${id}`);
    await log(second).locator(".bubble").first().waitFor();
    await second.waitForTimeout(800);
    assert.equal(countStreams(), 1);
    write(id, visitor, "heard in both tabs");
    await log(second).getByText("heard in both tabs").waitFor();
    await page.locator(".row", { hasText: "heard in both tabs" }).waitFor();
    await page.close();
    await second.waitForTimeout(500);
    write(id, visitor, "heard by the heir");
    await log(second).getByText("heard by the heir").waitFor();
    assert.equal(await log(second).getByText("heard by the heir").count(), 1);
  },
);

await story("a session that ends elsewhere ends here at once", async (page) => {
  await page.locator(".row").first().waitFor();
  // The rows come before the stream is open: the end is told until somebody hears it.
  const notice = page.getByText("Your session has ended");
  for (let told = 0; told < 40 && !(await notice.isVisible()); told += 1) {
    emit("session.ended", {}, false);
    await page.waitForTimeout(100);
  }
  await notice.waitFor();
});

await browser.close();
mock.close();
process.exitCode = failed > 0 ? 1 : 0;
