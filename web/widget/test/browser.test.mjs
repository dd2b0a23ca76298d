// The widget in a real browser. `npm run test:browser`, after `npm run build`; SHOTS=folder keeps
// a picture of each scene.
import assert from "node:assert/strict";
import path from "node:path";
import { after, afterEach, before, test } from "node:test";
import {
  closeVisits,
  composer,
  findFaults,
  launchBrowser,
  launcher,
  log,
  openPanel,
  say,
  stored,
  texts,
  until,
  visit,
} from "./harness.mjs";

const NOTHING = { session: [], local: [], databases: 0, cookies: "" };
let browser;
before(async () => {
  browser = await launchBrowser();
});
afterEach(closeVisits);
after(() => browser.close());

async function keepShot(page, name) {
  if (process.env.SHOTS)
    await page.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`) });
}

test("before the first act there is one request, no storage and no shift", async () => {
  const { page, server, context, close } = await visit(browser);
  await page.waitForTimeout(1000);

  const shift = await page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 200);
      }),
  );
  assert.deepEqual(
    server.requests.map((it) => it.replace(/\/w\/.*/, "/w/")),
    ["GET /w/"],
  );
  assert.deepEqual(await stored(page), NOTHING);
  assert.deepEqual(await context.cookies(), []);
  assert.equal(shift, 0);
  await close();
});

test("opening the panel asks for its texts and stores nothing", async () => {
  const { page, server, close } = await visit(browser);

  await openPanel(page);

  assert.deepEqual(await stored(page), NOTHING);
  assert.equal(server.people.size, 0);
  assert.ok(server.requests.every((it) => it.startsWith("GET ")));
  await page.getByText("Nothing about you is stored until you send.").waitFor();
  await close();
});

test("a message goes from sent to read, and the answer is announced once", async () => {
  const { page, server, close } = await visit(browser);
  await openPanel(page);
  await say(page, "Is the lamp there?");
  await page.getByText("· Sent").waitFor();

  server.readAll();
  await page.getByText("· Read").waitFor();
  await until(async () => (await log(page).getAttribute("aria-live")) === "polite", "a live log");
  server.typing();
  await page.getByRole("status").filter({ hasText: "Desk is typing" }).waitFor();
  server.reply("It is.");
  await log(page).getByText("It is.").waitFor();

  assert.deepEqual(await texts(page), ["Is the lamp there?", "It is."]);
  assert.match(await log(page).textContent(), /Desk, .*:/);
  assert.ok(await composer(page).evaluate((it) => it.getRootNode().activeElement === it));
  await close();
});

test("Escape closes and gives the focus back to the launcher", async () => {
  const { page, close } = await visit(browser);
  await launcher(page).focus();
  await page.keyboard.press("Enter");
  await composer(page).waitFor();
  await until(() => composer(page).evaluate((it) => it.matches(":focus")), "focus in the composer");

  await page.keyboard.press("Escape");

  assert.ok(await launcher(page).evaluate((it) => it.matches(":focus")));
  assert.equal(await launcher(page).getAttribute("aria-expanded"), "false");
  await close();
});

test("Enter does not send while a word is being composed, and Shift+Enter breaks the line", async () => {
  const { page, server, close } = await visit(browser);
  await openPanel(page);
  await composer(page).fill("こん");
  await composer(page).evaluate((it) =>
    it.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }),
    ),
  );
  await composer(page).press("Shift+Enter");

  assert.equal(await composer(page).inputValue(), "こん\n");
  assert.equal(server.people.size, 0);
  await close();
});

const CSP = (base, more = "") =>
  `default-src 'none'; script-src ${base}; connect-src ${base}${more}; require-trusted-types-for 'script'`;

for (const [name, socket] of [
  ["WebSocket", true],
  ["server-sent events, where the page forbids WebSocket", false],
]) {
  test(`under a strict policy it works by ${name}, and cuts lose and double nothing`, async () => {
    const { page, server, close } = await visit(browser, {
      server: { csp: (base) => CSP(base, socket ? ` ${base.replace("http", "ws")}` : "") },
      // The browser reports what the page forbids: the one refused WebSocket, and the icon.
      expected: socket ? [/the image/] : [/the image/, /connect-src/],
    });
    await openPanel(page);
    await say(page, "one");
    await until(() => server.streams.size === 1, "a stream");
    const expected = ["one"];
    for (const round of [1, 2]) {
      server.cut();
      for (const part of ["a", "b"]) {
        server.reply(`${round}${part}`);
        expected.push(`${round}${part}`);
      }
      await log(page).getByText(`${round}b`).waitFor();
      await until(() => server.streams.size === 1, "the stream again");
    }

    assert.deepEqual(await texts(page), expected);
    assert.equal(server.requests.includes("SOCKET"), socket);
    assert.equal(
      server.requests.some((it) => it.includes("/sse")),
      !socket,
    );
    await close();
  });
}

test("the conversation goes along to the next page and to another tab, on one stream", async () => {
  const { page, server, newPage, close } = await visit(browser);
  await openPanel(page);
  await say(page, "first");
  await page.getByRole("link", { name: "The brass lamp" }).click();
  await page.waitForURL(/lamp/);
  await log(page).getByText("first").waitFor();

  const other = await newPage();
  await openPanel(other);
  await log(other).getByText("first").waitFor();
  await say(other, "second");
  await log(page).getByText("second").waitFor();
  server.reply("both");
  await log(page).getByText("both").waitFor();
  await log(other).getByText("both").waitFor();

  assert.equal(server.streams.size, 1);
  assert.equal(server.people.size, 1);
  await page.close();
  await until(() => server.streams.size === 1, "the other tab takes over");
  server.reply("still here");
  await log(other).getByText("still here").waitFor();
  assert.deepEqual(await texts(other), ["first", "second", "both", "still here"]);
  await close();
});

test("the count of unread messages survives a reload", async () => {
  const { page, server, close } = await visit(browser);
  await openPanel(page);
  await say(page, "hello");
  await page.getByText("· Sent").waitFor();
  await page.keyboard.press("Escape");
  server.reply("a");
  server.reply("b");
  const badge = page.locator("chatham-chat").locator("button i").first();
  await until(async () => (await badge.textContent()) === "2", "a count of two");
  assert.equal(await page.title(), "(2) Lamplight");

  await page.reload();

  await until(async () => (await badge.textContent()) === "2", "the count after the reload");
  assert.equal(await page.title(), "Lamplight", "no count in the title before a gesture");
  await openPanel(page);
  await until(async () => (await badge.textContent()) === "", "no count once seen");
  await close();
});

test("only a visitor who chose to be remembered finds the conversation later", async () => {
  const { page, newPage, close } = await visit(browser);
  await openPanel(page);
  await say(page, "keep this");
  assert.deepEqual((await stored(page)).local, []);
  await page.getByRole("button", { name: "Remember me in this browser" }).click();
  await until(async () => (await stored(page)).local.length === 1, "one entry");
  await page.close();

  const later = await newPage();
  await openPanel(later);
  await log(later).getByText("keep this").waitFor();
  await later.getByRole("button", { name: "Options" }).click();
  await later.getByRole("button", { name: "What you hold about me" }).click();
  await later.getByRole("button", { name: "Forget this browser" }).click();
  await later.getByText("Nothing about you is stored until you send.").waitFor();
  assert.deepEqual(await stored(later), NOTHING);
  await close();
});

test("a new policy holds the message back until the visitor says yes", async () => {
  const { page, server, close } = await visit(browser);
  await openPanel(page);
  await say(page, "under three");
  server.policyVersion = 4;
  await say(page, "under four?");
  await page.getByText("version 4 is in force now").waitFor();

  await page.getByRole("button", { name: "Don’t send" }).click();
  assert.equal(await composer(page).inputValue(), "under four?");
  await until(() => composer(page).evaluate((it) => it.matches(":focus")), "focus in the composer");
  await composer(page).press("Enter");
  await page.getByRole("button", { name: "Accept and send" }).click();
  await page.getByText("· Sent").waitFor();

  assert.deepEqual(await texts(page), ["under three", "under four?"]);
  await close();
});

test("what is written without a connection goes out once and in order", async () => {
  const { page, context, server, close } = await visit(browser);
  await openPanel(page);
  await say(page, "one");
  await until(() => server.streams.size === 1, "a stream");
  await context.setOffline(true);
  for (const text of ["two", "three", "four"]) await say(page, text);
  await page.getByText("There is no connection.").first().waitFor();

  await context.setOffline(false);

  const person = [...server.people.values()][0];
  await until(() => person.conversations[0].messages.length === 4, "four messages");
  await page.getByText("· Sent").waitFor();
  const arrived = person.conversations[0].messages.map((it) => it.body);
  assert.deepEqual(arrived, ["one", "two", "three", "four"]);
  assert.deepEqual(await texts(page), arrived);
  await close();
});

test("refusals are said in words, with the seconds to wait", async () => {
  const { page, server, close } = await visit(browser);
  await openPanel(page);
  server.refuse = { status: 429, code: "too_many_requests", retry_after_s: 1, once: true };
  await say(page, "fast");
  await page.getByText("It is sent in 1 second.").waitFor();
  await page.getByText("· Sent").waitFor();
  server.refuse = { status: 403, code: "blocked" };
  await say(page, "no");
  await page.getByText("You cannot write here any more.").waitFor();
  await page.getByRole("button", { name: "Discard" }).click();
  assert.deepEqual(await texts(page), ["fast"]);
  await close();
});

test("a visitor sees, takes along and erases what is held, without an account", async () => {
  const { page, server, close } = await visit(browser);
  await openPanel(page);
  await say(page, "forget me");
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByRole("button", { name: "What you hold about me" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download all of it" }).click(),
  ]);
  assert.equal(file.suggestedFilename(), "what-you-hold-about-me.json");
  await page.getByRole("button", { name: "Erase all of it" }).click();
  await page.getByRole("button", { name: "Erase all of it" }).click();

  await page.getByText("Everything that we held about you is erased.").waitFor();
  assert.equal(server.people.size, 0);
  assert.deepEqual(await stored(page), NOTHING);
  const [receipt] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the receipt" }).click(),
  ]);
  assert.equal(receipt.suggestedFilename(), "erasure-receipt.json");
  await close();
});

test("a closed shop takes a message by a form, and names what is missing", async () => {
  const { page, server, close } = await visit(browser, { server: { availability: "offline" } });
  await openPanel(page);
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("We need an e-mail address to answer you.").waitFor();
  assert.deepEqual(await findFaults(page), []);
  await page.getByLabel("Your e-mail address").fill("ada@example.com");
  await page.getByLabel("Your message").fill("Do you mend lamps?");
  await page.getByRole("button", { name: "Send" }).click();

  await log(page).getByText("Do you mend lamps?").waitFor();
  assert.equal([...server.people.values()][0].visitor.email_masked, "a•••@example.com");
  await close();
});

test("a conversation ends, is rated, and another begins", async () => {
  const { page, server, close } = await visit(browser);
  await openPanel(page);
  await say(page, "bye");
  await page.getByRole("button", { name: "Options" }).click();
  await page.getByRole("button", { name: "End the conversation" }).click();
  await page.getByRole("button", { name: "End the conversation" }).click();
  await page.getByRole("radio", { name: "Good", exact: true }).check();
  await page.getByRole("button", { name: "Send the rating" }).click();
  await page.getByText("Your rating: 4 of 5.").waitFor();
  await page.getByRole("button", { name: "Start a new conversation" }).click();
  await say(page, "again");

  const person = [...server.people.values()][0];
  assert.equal(person.conversations.length, 2);
  assert.deepEqual(person.conversations[1].rating, { score: 4 });
  assert.deepEqual(await texts(page), ["again"]);
  await close();
});

test("the page's own script opens, listens and removes the widget without a trace", async () => {
  const { page, close } = await visit(browser);
  const globals = await page.evaluate(() => Object.keys(window).filter((it) => /chat/i.test(it)));
  assert.deepEqual(globals, ["Chatham"]);
  await page.evaluate(() => {
    window.heard = [];
    for (const name of ["open", "start", "close"]) {
      window.Chatham.on(name, (event) => window.heard.push(event.type));
    }
    window.Chatham.open();
  });
  await composer(page).waitFor();
  await say(page, "hi");
  // It has started when the server says so, which a page that closes at once does not wait for.
  await until(async () => (await page.evaluate(() => window.heard)).includes("start"), "a start");
  await page.evaluate(() => window.Chatham.close());
  await until(async () => (await page.evaluate(() => window.heard)).length === 3, "three events");
  assert.deepEqual(await page.evaluate(() => window.heard), ["open", "start", "close"]);

  await page.evaluate(() => window.Chatham.destroy());

  await until(async () => (await stored(page)).session.length === 0, "empty storage");
  assert.equal(await page.locator("chatham-chat").count(), 0);
  assert.equal(await page.evaluate(() => window.Chatham), undefined);
  await close();
});

for (const scheme of ["light", "dark"]) {
  for (const lang of ["en", "ar"]) {
    for (const size of ["desktop", "phone", "narrow"]) {
      test(`no accessibility fault: ${scheme}, ${lang}, ${size}`, async () => {
        const viewport = {
          desktop: { width: 1280, height: 800 },
          phone: { width: 390, height: 844 },
          narrow: { width: 320, height: 568 },
        }[size];
        const { page, server, close } = await visit(browser, {
          lang,
          server: { availability: "away", fields: { name: true, email: true }, preview: true },
          context: { viewport, colorScheme: scheme, reducedMotion: "reduce", locale: lang },
        });
        assert.deepEqual(await findFaults(page), []);
        await openPanel(page);
        assert.deepEqual(await findFaults(page), []);
        await keepShot(page, `${scheme}-${lang}-${size}-open`);
        await say(page, "Hello https://example.com/lamp");
        await until(() => server.people.size === 1, "the message at the server");
        for (let at = 0; at < 30; at += 1) server.reply(`Answer ${at}`);
        await log(page).getByText("Answer 29").waitFor();
        assert.deepEqual(await findFaults(page), []);
        await keepShot(page, `${scheme}-${lang}-${size}-talk`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `the page scrolls sideways by ${wide}`);
        await close();
      });
    }
  }
}
