import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamCounters } from "../../src/app/application-metrics.ts";

test("streams are counted from their opening to their end, by the reason", () => {
  const counters = new StreamCounters();
  for (let count = 0; count < 4; count++) counters.countOpen();
  counters.countClosed("disconnect", 10);
  counters.countClosed("disconnect", 20);
  counters.countClosed("age", 0);
  assert.deepEqual([counters.open, counters.accepted, counters.sentBytes], [1, 4, 30]);
  assert.deepEqual(counters.closed, { disconnect: 2, age: 1 });
});

test("readers that are turned away are counted by the reason", () => {
  const counters = new StreamCounters();
  counters.countRefused("full");
  counters.countRefused("gone");
  counters.countRefused("full");
  assert.deepEqual(counters.refused, { full: 2, shutdown: 0, application: 0, gone: 1 });
  assert.equal(counters.accepted, 0);
});
