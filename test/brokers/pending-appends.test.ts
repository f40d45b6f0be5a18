import assert from "node:assert/strict";
import { test } from "node:test";
import { PendingAppends } from "../../src/brokers/pending-appends.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { defer } from "../support/deferred.ts";

function open() {
  const clock = new VirtualClock();
  const limits = { maxPending: 2, maxPendingBytes: 100, publishTimeoutMs: 1000, clock };
  return { clock, appends: new PendingAppends("Redis", limits) };
}

test("what waits is bounded by count and by bytes, and no more is called for", async () => {
  for (const sizes of [
    [1, 1],
    [60, 60],
  ] as const) {
    const { appends } = open();
    const answers = [defer<string>(), defer<string>()];
    const waiting: Promise<string>[] = [];
    const [first, second] = sizes;
    waiting.push(appends.run(first, () => answers[0]?.promise ?? Promise.reject()));
    if (first + second <= 100)
      waiting.push(appends.run(second, () => answers[1]?.promise ?? Promise.reject()));
    await assert.rejects(
      appends.run(60, () => assert.fail("too much waits")),
      new Error(`Cannot append to the log: ${waiting.length} events wait for Redis already`),
    );
    for (const answer of answers) answer.resolve("done");
    assert.deepEqual(new Set(await Promise.all(waiting)), new Set(["done"]));
    assert.equal(appends.count, 0);
    assert.equal(await appends.run(60, async () => "room again"), "room again");
  }
});

test("what takes too long is given up, and counts until it is settled", async () => {
  const { clock, appends } = open();
  const late = defer<void>();
  const waiting = assert.rejects(
    appends.run(1, () => late.promise),
    new Error("Cannot append to the log: Redis has not answered within 1000 ms"),
  );
  clock.advance(999);
  assert.equal(appends.count, 1);
  clock.advance(1);
  await waiting;
  assert.equal(appends.count, 1);
  late.resolve();
  await late.promise;
  await Promise.resolve();
  assert.equal(appends.count, 0);
  assert.equal(clock.timers, 0);
});

test("what fails is told as it is, and its timer goes", async () => {
  const { clock, appends } = open();
  const fault = new Error("wrong type");
  await assert.rejects(
    appends.run(1, () => Promise.reject(fault)),
    (error) => error === fault,
  );
  await Promise.resolve();
  assert.deepEqual([appends.count, clock.timers], [0, 0]);
});

test("once closed it refuses", async () => {
  const { appends } = open();
  appends.close();
  await assert.rejects(
    appends.run(1, () => assert.fail("it is closed")),
    /its broker is closed/,
  );
});
