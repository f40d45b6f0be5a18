import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryBroker } from "../../src/channel/memory-broker.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

const record = { type: "a", data: "x", json: false };

function open() {
  const clock = new VirtualClock();
  const broker = new MemoryBroker();
  const limits = { events: 5, bytes: 1000, ageMs: 600_000 };
  return { clock, broker, log: broker.open("a", { clock, limits, tag: "tag4" }) };
}

test("the log is there at once, also for who comes first", async () => {
  const { log } = open();
  const following = log.follow(() => undefined);
  assert.equal(following.log, await following.opened);
  await log.append(record);
  assert.equal(following.log?.size, 1);
});

test("an idempotency key is remembered for two minutes", async () => {
  const { clock, log } = open();
  const once = { idempotencyKey: "k" };
  const first = await log.append(record, once);
  clock.advance(119_999);
  assert.deepEqual(await log.append(record, once), first);
  clock.advance(1);
  assert.equal((await log.append(record, once)).offset, first.offset + 1);
});

test("keys are forgotten, the oldest first, rather than kept without a bound", async () => {
  const { log } = open();
  const first = await log.append(record, { idempotencyKey: "0" });
  for (let count = 1; count <= 10_000; count++) await log.append(record, { idempotencyKey: `${count}` });
  assert.notDeepEqual(await log.append(record, { idempotencyKey: "0" }), first);
});

test("a closed broker takes nothing, and has no timer", async () => {
  const { clock, broker, log } = open();
  await log.append(record);
  await broker.close();
  await assert.rejects(log.append(record), /^Error: Cannot append to the log: its broker is closed/);
  assert.equal(clock.timers, 0);
});
