import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { type Browser, chromium } from "playwright-core";
import type { PageOutcome } from "../support/in-page/page-test.ts";
import { hostTests } from "../support/in-page/script-host.ts";

const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const skip = existsSync(CHROMIUM) ? false : "Chromium is not installed";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];

/** The tests of the client that run in a page as they stand. */
const FILES = [
  "event-source.connection",
  "event-source.hostile",
  "event-source.interface",
  "event-source.options",
  "event-source.readable-stream",
  "subscribe",
  "decode-response",
] as const;

let browser: Browser;

before(async () => {
  if (skip === false) browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
});
after(async () => {
  if (skip === false) await browser.close();
});

for (const file of FILES) {
  test(`in a page: ${file}`, { skip }, async (t) => {
    const page = await browser.newPage();
    const host = await hostTests(page, `test/client/${file}.test.ts`);
    t.after(async () => {
      await page.close();
      await host.close();
    });
    const names = (await page.evaluate("suite.testNames()")) as string[];
    assert.ok(names.length > 0);
    for (const name of names) {
      await t.test(name, async () => {
        const outcome = await page.evaluate(`suite.runTest(${JSON.stringify(name)})`);
        assert.equal((outcome as PageOutcome).failure, undefined);
      });
    }
  });
}
