import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { type ExampleProcess, startExample } from "../examples/example-process.ts";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : "Chromium is not installed";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

let browser: Browser;
let live: ExampleProcess;
let address = "";

before(async () => {
  if (skip !== false) return;
  live = startExample("examples/live/main.ts", ["--port", "0"]);
  [address] = (await live.printed(/http:\S+/)) as unknown as [string];
  browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...QUIET] });
});

after(async () => {
  if (skip !== false) return;
  await browser.close();
  await live.end();
});

/** A tab that shows the page, and fails the test for whatever goes wrong in it. */
async function openTab(faults: string[]): Promise<Page> {
  const page = await browser.newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  await page.addInitScript(HEAR_MEASURES);
  await page.goto(address);
  await state(page, "open");
  return page;
}

/**
 * Runs in the page, before its own script: takes the browser's own `EventSource` away, and keeps the numbers of all measures
 * that are dispatched, and what the page's policy refused.
 */
const HEAR_MEASURES = `
  delete window.EventSource;
  window.measureNumbers = [];
  window.refused = [];
  const { dispatchEvent } = EventTarget.prototype;
  EventTarget.prototype.dispatchEvent = function (event) {
    if (event.type === "measure") measureNumbers.push(JSON.parse(event.data).number);
    return dispatchEvent.call(this, event);
  };
  document.addEventListener("securitypolicyviolation", ({ blockedURI }) => refused.push(blockedURI));
`;

function measureNumbers(page: Page): Promise<number[]> {
  return page.evaluate(() => (window as unknown as { measureNumbers: number[] }).measureNumbers);
}

function state(page: Page, name: string): Promise<unknown> {
  return page.waitForFunction((wanted) => document.body.dataset.state === wanted, name);
}

/** Waits until the count of the page has grown by `more` from what it was. */
async function grown(page: Page, id: string, more: number): Promise<void> {
  const before = Number(await page.textContent(`#${id}`));
  await page.waitForFunction(
    ([name, least]) => Number(document.getElementById(String(name))?.textContent) >= Number(least),
    [id, before + more] as const,
  );
}

test("events of several kinds arrive, and the oak has something to say", { skip }, async () => {
  const faults: string[] = [];
  const page = await openTab(faults);
  await Promise.all([grown(page, "count-tick", 2), grown(page, "count-measure", 3)]);
  assert.match((await page.textContent("#saying")) ?? "", /\w/);
  assert.match((await page.textContent("#time")) ?? "", /^\d\d:\d\d:\d\d$/);
  assert.equal((await measureNumbers(page))[0], 0, "what was measured before the page was there is there");
  await page.close();
  assert.deepEqual(faults, []);
});

test("the client comes module by module, by the import map, and the page's policy lets in nothing else", {
  skip,
}, async () => {
  const faults: string[] = [];
  const page = await browser.newPage();
  const scripts: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    if (request.resourceType() === "script") scripts.push(new URL(request.url()).pathname);
  });
  await page.addInitScript(HEAR_MEASURES);
  await page.goto(address);
  await state(page, "open");
  assert.deepEqual(scripts.slice(0, 2), ["/page.js", "/dodona/client.ts"]);
  assert.ok(scripts.includes("/dodona/client/event-source.ts"));
  assert.equal(new Set(scripts).size, scripts.length, "a module was fetched twice");
  const modules = scripts.filter((path) => path.startsWith("/dodona/"));
  assert.equal(modules.length, scripts.length - 1);
  assert.ok(modules.length > 10, String(modules));
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'let in'";
    document.head.append(script);
  });
  await page.waitForFunction(() => (window as unknown as { refused: string[] }).refused.length === 1);
  assert.notEqual(await page.title(), "let in");
  await page.close();
  assert.deepEqual(faults, []);
});

test("a comment of one tab appears in every other, as text, and in those that come later", {
  skip,
}, async () => {
  const faults: string[] = [];
  const [one, other] = [await openTab(faults), await openTab(faults)];
  const comment = `<img src=x onerror=alert(1)> & ${crypto.randomUUID()}`;
  await one.fill("#comment", comment);
  await one.keyboard.press("Enter");
  const later = await openTab(faults);
  for (const page of [one, other, later]) {
    await page.locator("#comments li p", { hasText: comment }).waitFor();
    assert.equal(await page.locator("#comments img").count(), 0);
    await page.waitForFunction(() => document.getElementById("readers")?.textContent === "3");
  }
  assert.equal(await one.inputValue("#comment"), "");
  await Promise.all([one.close(), other.close(), later.close()]);
  assert.deepEqual(faults, []);
});

test("a connection that is dropped comes back by itself, with what was said meanwhile, once", {
  skip,
}, async () => {
  const faults: string[] = [];
  const [page, other] = [await openTab(faults), await openTab(faults)];
  await page.fill("#comment", "before the drop");
  await page.keyboard.press("Enter");
  await page.locator("#comments li p", { hasText: "before the drop" }).waitFor();
  await page.click("#drop");
  await state(page, "lost");
  assert.match((await page.textContent("#countdown")) ?? "", /reconnecting in \d s/);
  await page.waitForFunction(() => Number(document.getElementById("lag")?.textContent) >= 2);
  assert.equal(await page.getAttribute("#rings .late", "d"), "");
  await other.fill("#comment", "while away");
  await other.keyboard.press("Enter");
  await other.locator("#comments li p", { hasText: "while away" }).waitFor();
  assert.equal(await page.locator("#comments li p", { hasText: "while away" }).count(), 0);
  await state(page, "open");
  await page.locator("#comments li p", { hasText: "while away" }).waitFor();
  await page.waitForFunction(() => document.getElementById("lag")?.textContent === "0");
  await page.locator("#rings .late[d*=Q]").waitFor();
  await grown(page, "count-tick", 2);
  const numbers = await measureNumbers(page);
  assert.deepEqual(numbers, Array.from(numbers.keys()), "a measure was lost, or came twice");
  assert.equal(await page.textContent("#count-reconnection"), "1");
  assert.equal(await page.locator("#comments li p", { hasText: "before the drop" }).count(), 1);
  await Promise.all([page.close(), other.close()]);
  assert.deepEqual(faults, []);
});

test("a page whose connection ended for good goes on where it was, with a new stream", { skip }, async () => {
  const faults: string[] = [];
  const page = await openTab(faults);
  // What is no event stream ends an EventSource for good.
  await page.route("**/events", (route) => route.fulfill({ status: 500 }));
  await page.click("#drop");
  await state(page, "closed");
  await page.unroute("**/events");
  await page.click("#drop");
  await state(page, "open");
  await grown(page, "count-measure", 2);
  const numbers = await measureNumbers(page);
  assert.deepEqual(numbers, Array.from(numbers.keys()), "a measure was lost, or came twice");
  await page.close();
  assert.deepEqual(faults, []);
});

test("a page whose server is killed and started again is told, and keeps what it has", { skip }, async () => {
  const faults: string[] = [];
  const page = await openTab(faults);
  await page.fill("#comment", "to the first oak");
  await page.keyboard.press("Enter");
  await page.locator("#comments li p", { hasText: "to the first oak" }).waitFor();
  const { port } = new URL(address);
  await live.end("SIGKILL");
  live = startExample("examples/live/main.ts", ["--port", port]);
  await live.printed(/http:\S+/);
  await page.locator("#comments li.lost", { hasText: "another stands here" }).waitFor();
  await page.fill("#comment", "to the second oak");
  await page.keyboard.press("Enter");
  await page.locator("#comments li p", { hasText: "to the second oak" }).waitFor();
  assert.equal(await page.locator("#comments li p", { hasText: "to the first oak" }).count(), 1);
  await page.close();
  assert.deepEqual(faults, []);
});
