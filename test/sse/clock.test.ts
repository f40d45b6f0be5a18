import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "../../src/sse/clock.ts";

// The clock does not keep a process alive, so something else has to.
let holding: ReturnType<typeof setInterval>;
before(() => {
  holding = setInterval(() => undefined, 1000);
});
after(() => clearInterval(holding));

test("the system's clock goes on, and calls back once the time has passed", async () => {
  const start = systemClock.now();
  await new Promise<void>((resolve) => systemClock.after(5, resolve));
  // Timers count whole milliseconds.
  assert.ok(systemClock.now() - start >= 4);
});

test("what was cancelled is not called", async () => {
  const cancel = systemClock.after(0, () => assert.fail("cancelled"));
  cancel();
  cancel();
  await new Promise<void>((resolve) => systemClock.after(2, resolve));
});
