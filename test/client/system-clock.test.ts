import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../src/client/system-clock.ts";

test("after calls back in a later turn, not before its time", async () => {
  const start = performance.now();
  await new Promise<void>((resolve) => {
    let isLater = false;
    systemClock.after(20, () => {
      assert.equal(isLater, true);
      resolve();
    });
    isLater = true;
  });
  assert.ok(performance.now() - start >= 18);
});

test("what was cancelled is not called, and cancelling twice does nothing", async () => {
  const cancel = systemClock.after(1, () => assert.fail("called"));
  cancel();
  cancel();
  await new Promise<void>((resolve) => systemClock.after(10, resolve));
});

test("now is the time of the wall", () => {
  assert.ok(Math.abs(systemClock.now() - Date.now()) < 1000);
});
