import assert from "node:assert/strict";
import { test } from "node:test";
import { createWatchdog } from "../../src/client/watchdog.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

function watch(limitMs: number | "auto" | undefined) {
  const clock = new VirtualClock();
  let silences = 0;
  const watchdog = createWatchdog(limitMs, clock, () => silences++);
  /** A chunk after a silence, with or without a comment. */
  const hear = (afterMs: number, hasComment = true) => {
    watchdog.onWait?.();
    clock.advance(afterMs);
    watchdog.onChunk?.();
    if (hasComment) watchdog.onComment?.();
  };
  /** How long it lets a silence be, `Infinity` for an hour and more. */
  const limit = () => {
    const before = silences;
    const since = clock.now();
    watchdog.onWait?.();
    while (silences === before && clock.now() - since < 3_600_000) clock.advance(500);
    watchdog.rest();
    return silences === before ? Number.POSITIVE_INFINITY : clock.now() - since;
  };
  return { clock, watchdog, hear, limit };
}

test("a limit that is given is the limit, for each wait anew", () => {
  const { hear, limit } = watch(5000);
  hear(4999);
  hear(4999);
  assert.equal(limit(), 5000);
  assert.equal(limit(), 5000);
});

test("without a limit there is no timer", () => {
  const { clock, watchdog } = watch(undefined);
  watchdog.onWait?.();
  assert.equal(clock.timers, 0);
});

test("auto: no limit before a heartbeat, and comments that open a stream are none", () => {
  const { hear, limit } = watch("auto");
  hear(0);
  hear(10);
  hear(600_000, false);
  assert.equal(limit(), Number.POSITIVE_INFINITY);
});

test("auto: three times the longest silence, and 45 seconds at least", () => {
  const { hear, limit } = watch("auto");
  hear(5000);
  assert.equal(limit(), 45_000);
  hear(20_000, false);
  assert.equal(limit(), 135_000, "the silence that was too long counts");
});

test("auto: a limit that was too short grows, so that no server is reconnected for ever", () => {
  const { hear, limit } = watch("auto");
  hear(2000);
  assert.deepEqual([limit(), limit(), limit()], [45_000, 135_000, 405_000]);
});

test("overdue is what a page that slept asks when it wakes", () => {
  const { clock, watchdog } = watch(5000);
  assert.equal(watchdog.isOverdue(), false);
  watchdog.onWait?.();
  clock.advance(4999);
  assert.equal(watchdog.isOverdue(), false);
  clock.advance(1);
  assert.equal(watchdog.isOverdue(), true);
  watchdog.rest();
  assert.equal(watchdog.isOverdue(), false);
});
