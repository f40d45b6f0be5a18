import assert from "node:assert/strict";
import { test } from "node:test";
import { FollowedLog } from "../../src/brokers/followed-log.ts";
import type { RemoteSource } from "../../src/brokers/remote-log.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { defer } from "../support/deferred.ts";

const turns = async () => {
  for (let count = 0; count < 20; count++) await Promise.resolve();
};

function open() {
  const clock = new VirtualClock();
  const limits = { events: 100, bytes: 10_000, ageMs: Number.POSITIVE_INFINITY };
  const told: string[] = [];
  const begins: (() => Promise<{ epoch: string; offset: number }>)[] = [];
  const followed = new FollowedLog(
    "prices",
    {
      begin: () => {
        told.push("begin");
        return begins.shift()?.() ?? Promise.resolve({ epoch: "e", offset: 7 });
      },
      source: (): RemoteSource => ({
        head: async () => ({ epoch: "e", offset: 7 }),
        read: async () => ({ epoch: "e", from: 7, events: [] }),
      }),
      started: () => told.push("started"),
      ended: () => told.push("ended"),
      tell: (error) => told.push((error as Error).message),
    },
    { tag: "tag4", limits, clock },
  );
  return { clock, followed, told, begins };
}

test("it begins with the first reader, is shared, and ends with the last", async () => {
  const { followed, told } = open();
  const [first, second] = [followed.follow(() => undefined), followed.follow(() => undefined)];
  assert.equal(first.log, undefined);
  const log = await first.opened;
  assert.equal(await second.opened, log);
  assert.deepEqual([log.epoch, log.head, second.log, second.lag], ["e", 7, log, 0]);
  first.close();
  assert.deepEqual(told, ["begin", "started"]);
  second.close();
  second.close();
  assert.deepEqual(told, ["begin", "started", "ended"]);
  assert.equal(followed.remote, undefined);
});

test("while the broker is away it tries again, ever more seldom", async () => {
  const { clock, followed, told, begins } = open();
  for (let count = 0; count < 3; count++) begins.push(() => Promise.reject(new Error("away")));
  const { opened, close } = followed.follow(() => undefined);
  for (const [ms, tries] of [
    [0, 1],
    [99, 1],
    [1, 2],
    [199, 2],
    [1, 3],
    [400, 4],
  ] as const) {
    clock.advance(ms);
    await turns();
    assert.equal(told.filter((line) => line === "begin").length, tries, `after ${ms} ms`);
  }
  assert.equal((await opened).head, 7);
  assert.equal(told.filter((line) => line === "away").length, 3);
  close();
});

test("whose broker is closed is not opened any more", async () => {
  const { clock, followed, begins } = open();
  begins.push(() => Promise.reject(new Error("away")));
  const { opened } = followed.follow(() => undefined);
  await turns();
  followed.close();
  clock.advance(100);
  await assert.rejects(opened, /its last reader has gone/);
  assert.equal(clock.timers, 0);
});

test("who leaves while it opens gets no log, and nothing is left", async () => {
  const { clock, followed, told, begins } = open();
  const late = defer<{ epoch: string; offset: number }>();
  begins.push(() => late.promise);
  const { opened, close } = followed.follow(() => undefined);
  close();
  late.resolve({ epoch: "e", offset: 1 });
  await assert.rejects(opened, new Error('Cannot follow "prices": its last reader has gone'));
  assert.deepEqual([told.includes("started"), clock.timers, followed.remote], [false, 0, undefined]);
});
