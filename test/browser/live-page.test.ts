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
  await page.goto(address);
  await state(page, "open");
  return page;
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
  await other.fill("#comment", "while away");
  await other.keyboard.press("Enter");
  await other.locator("#comments li p", { hasText: "while away" }).waitFor();
  assert.equal(await page.locator("#comments li p", { hasText: "while away" }).count(), 0);
  await state(page, "open");
  await page.locator("#comments li p", { hasText: "while away" }).waitFor();
  await grown(page, "count-tick", 2);
  assert.equal(await page.textContent("#count-reconnection"), "1");
  assert.equal(await page.locator("#comments li p", { hasText: "before the drop" }).count(), 1);
  await Promise.all([page.close(), other.close()]);
  assert.deepEqual(faults, []);
});
