import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { readEventsOptions } from "../../src/app/events-options.ts";

test("with nothing said there is no most, and ten seconds to drain", () => {
  assert.deepEqual(readEventsOptions(), {
    defaults: {},
    maxConnections: Number.POSITIVE_INFINITY,
    drainWindowMs: 10_000,
  });
});

test("what is for each stream is handed on to each", () => {
  const { defaults } = readEventsOptions({ maxConnections: 1, maxAgeMs: 1000, keepAlive: false });
  assert.deepEqual(defaults, { maxAgeMs: 1000, keepAlive: false });
});

test("what is out of bounds is refused where the application is made", () => {
  for (const events of [
    { maxConnections: -1 },
    { maxConnections: Number.NaN },
    { drainWindowMs: -1 },
    { maxAgeMs: -1 },
    { keepAlive: 0 },
    { retry: 0.5 },
    { retryWindowMs: [2, 1] as const },
  ]) {
    assert.throws(() => new Application({ events }), RangeError, JSON.stringify(events));
  }
});
