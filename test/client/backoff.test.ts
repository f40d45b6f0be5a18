import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { delaysOf, isWorthAnother, MAX_DELAY_MS } from "../../src/client/backoff.ts";
import { EventSourceError, type EventSourceErrorCode } from "../../src/client/client-error.ts";
import { FakePage } from "../support/fake-page.ts";

const ended = new EventSourceError("ended");

test("without a policy: the reconnection time exactly, until attempts bring nothing", () => {
  assert.deepEqual(delaysOf(3000, 0, ended), [3000, 3000]);
  const [least, delay] = delaysOf(3000, 1, ended);
  assert.equal(least, 3000);
  assert.ok(delay >= 3000 && delay < 9000);
});

test("a server that asks for no pause gets one while it fails", () => {
  assert.deepEqual(delaysOf(0, 0, ended), [0, 0]);
  const delays = Array.from({ length: 50 }, () => delaysOf(0, 3, ended)[1]);
  assert.ok(Math.max(...delays) > 1000, "of up to eight seconds");
});

test("at no time shorter than the server asks, longer than the cap allows, or than a timer can wait", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: MAX_DELAY_MS }),
      fc.nat({ max: 2000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 1, max: 100_000 }),
      (time, failures, random, maxDelayMs) => {
        const [least, delay] = delaysOf(time, failures, ended, { random: () => random, maxDelayMs });
        assert.equal(least, time);
        assert.ok(delay >= least && delay <= least + maxDelayMs && delay <= MAX_DELAY_MS);
      },
    ),
  );
});

test("a page that was away comes back at once, one that is hidden waits", () => {
  assert.deepEqual(delaysOf(3000, 5, new EventSourceError("offline"), {}), [0, 0]);
  const hidden = new EventSourceError("hidden");
  assert.deepEqual(delaysOf(3000, 5, hidden, {}), [0, 0]);
  const page = new FakePage();
  page.hide();
  assert.deepEqual(delaysOf(3000, 5, hidden, {}), [0, MAX_DELAY_MS]);
  page.remove();
});

test("what is worth another attempt", () => {
  const worth: EventSourceErrorCode[] = [
    "network",
    "ended",
    "cut",
    "open-timeout",
    "inactive",
    "offline",
    "hidden",
  ];
  for (const code of worth) assert.equal(isWorthAnother(new EventSourceError(code)), true, code);
  for (const code of ["content-type", "too-long"] as const) {
    assert.equal(isWorthAnother(new EventSourceError(code), {}), false, code);
  }
  const status = (value: number) => new EventSourceError("status", { status: value });
  assert.equal(isWorthAnother(status(503)), false);
  for (const value of [408, 425, 429, 500, 502, 503, 504])
    assert.equal(isWorthAnother(status(value), {}), true);
  for (const value of [204, 301, 400, 401, 403, 404, 501])
    assert.equal(isWorthAnother(status(value), {}), false);
});
