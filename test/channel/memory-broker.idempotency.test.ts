import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryBroker } from "../../src/channel/memory-broker.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

const record = { type: "a", data: "x", json: false };
const once = (key: number) => ({ idempotencyKey: `${key}` });

test("ten thousand keys are known, and only a new one takes the place of the oldest", async () => {
  const limits = { events: 5, bytes: 1000, ageMs: 600_000 };
  const log = new MemoryBroker().open("a", { clock: new VirtualClock(), limits, tag: "tag4" });
  const first = await log.append(record, once(0));
  for (let key = 1; key < 10_000; key++) await log.append(record, once(key));
  assert.deepEqual(await log.append(record, once(0)), first);
  await log.append(record, once(10_000));
  assert.equal((await log.append(record, once(1))).offset, first.offset + 1);
  assert.notDeepEqual(await log.append(record, once(0)), first);
});

test("an event that was refused is not taken for one that the log has", async () => {
  const limits = { events: 5, bytes: 100, ageMs: 600_000 };
  const log = new MemoryBroker().open("a", { clock: new VirtualClock(), limits, tag: "tag4" });
  await assert.rejects(log.append({ ...record, data: "x".repeat(200) }, once(1)), RangeError);
  assert.equal((await log.append(record, once(1))).offset, 1);
});
