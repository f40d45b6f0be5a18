import assert from "node:assert/strict";
import { test } from "node:test";
import { randomRetryMs, readStreamLimits } from "../../src/sse/stream-limits.ts";

test("with nothing said there are limits that serve", () => {
  assert.deepEqual(readStreamLimits({}), {
    keepAliveMs: 15_000,
    highWaterMarkBytes: 65_536,
    maxBufferedBytes: 1_048_576,
    stallTimeoutMs: 30_000,
    maxAgeMs: 0,
    retryLeastMs: 1000,
    retryMostMs: 5000,
  });
});

test("what is the same for many is held once", () => {
  const options = { keepAlive: 1000, maxAgeMs: 2000, retryWindowMs: [3, 4] as const };
  assert.equal(readStreamLimits({}), readStreamLimits({}));
  assert.equal(readStreamLimits({ ...options }), readStreamLimits({ ...options }));
  assert.notEqual(readStreamLimits(options), readStreamLimits({ ...options, maxAgeMs: 2001 }));
});

test("keepAlive is yes, no, or a time", () => {
  const times = [true, false, 1].map((keepAlive) => readStreamLimits({ keepAlive }).keepAliveMs);
  assert.deepEqual(times, [15_000, 0, 1]);
});

test("what is out of bounds is refused", () => {
  for (const options of [
    { keepAlive: 0 },
    { keepAlive: Number.NaN },
    { keepAlive: 2 ** 31 },
    { stallTimeoutMs: -1 },
    { maxAgeMs: 2 ** 31 },
    { highWaterMarkBytes: -1 },
    { maxBufferedBytes: Number.NaN },
    { retryWindowMs: [2, 1] as const },
    { retryWindowMs: [0.5, 1] as const },
    { retryWindowMs: [0, 2 ** 31] as const },
  ]) {
    assert.throws(() => readStreamLimits(options), RangeError, JSON.stringify(options));
  }
});

test("a random retry is a whole number from the least to the most", () => {
  const limits = readStreamLimits({ retryWindowMs: [3, 5] });
  const seen = new Set(Array.from({ length: 200 }, () => randomRetryMs(limits)));
  assert.deepEqual([...seen].sort(), [3, 4, 5]);
  assert.equal(randomRetryMs(readStreamLimits({ retryWindowMs: [7, 7] })), 7);
});
