import assert from "node:assert/strict";
import { test } from "node:test";
import { recordToJson } from "../../src/brokers/event-json.ts";
import { RedisLog, type RedisLogHost } from "../../src/brokers/redis-log.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

type Entry = [id: string, fields: string[]];

function entry(offset: number, previous: number): Entry {
  const json = recordToJson({ type: "message", data: `${offset}`, json: false });
  return [`${offset}-0`, ["e", json, "p", `${previous}`]];
}

/** A log whose server answers a read with these entries. */
function open(entries: Entry[], head: number) {
  const told: unknown[] = [];
  const keys: (readonly string[])[] = [];
  const begins: string[] = [];
  const host: RedisLogHost = {
    prefix: "test:",
    historyEvents: 100,
    idempotencyWindowMs: 1000,
    append: async (given, args) => {
      keys.push(given);
      begins.push(args.slice(1, 3).join());
      return ["epoch", "7", 1];
    },
    run: async (_script, _keys, args) => {
      begins.push(args.slice(1, 3).join());
      return ["epoch", `${head}`, entries];
    },
    listen: async () => undefined,
    unlisten: () => undefined,
    tell: (error) => told.push(error),
  };
  const limits = { events: 10, bytes: 1000, ageMs: 1000 };
  const log = new RedisLog(host, "a {b} c", { limits, clock: new VirtualClock(), tag: "tag4" });
  const read = async (offset: number, epoch = "epoch") => {
    const page = await log.read({ epoch, offset }, 100);
    return { from: page.from, offsets: page.events.map((event) => event.offset) };
  };
  return { log, read, told, keys, begins };
}

test("a page that follows has no hole", async () => {
  const { read } = open([entry(4, 3), entry(5, 4)], 5);
  assert.deepEqual(await read(3), { from: 3, offsets: [4, 5] });
});

test("a hole at its beginning is told, and one within ends it", async () => {
  assert.deepEqual(await open([entry(6, 5), entry(7, 6)], 7).read(3), { from: 5, offsets: [6, 7] });
  assert.deepEqual(await open([entry(4, 3), entry(9, 8)], 9).read(3), { from: 3, offsets: [4] });
});

test("offsets that leave some out are no hole", async () => {
  assert.deepEqual(await open([entry(9, 3)], 9).read(3), { from: 3, offsets: [9] });
});

test("a place that the log has lost is told by where it goes on instead", async () => {
  assert.deepEqual(await open([entry(20, 5), entry(21, 20)], 21).read(9), { from: 5, offsets: [20, 21] });
  assert.deepEqual(await open([], 5).read(9), { from: 5, offsets: [] });
});

test("each script is told the newest place that was heard of", async () => {
  const { log, begins, read } = open([], 5);
  await log.head();
  await log.append({ type: "a", data: "", json: false });
  await read(3);
  await log.head();
  assert.deepEqual(begins, [",0", "epoch,5", "epoch,7", "epoch,7"]);
});

test("nothing left of what there was is a hole up to the head", async () => {
  assert.deepEqual(await open([], 9).read(3), { from: 9, offsets: [] });
  assert.deepEqual(await open([], 3).read(3), { from: 3, offsets: [] });
});

test("entries of others are left out, and told", async () => {
  const foreign: Entry[] = [
    ["1700000000000-0", ["hello", "world"]],
    ["5-0", ["e", "{", "p", "4"]],
    ["5-1", ["e", recordToJson({ type: "a", data: "b", json: false }), "p", "x"]],
  ];
  const { read, told } = open([entry(4, 3), ...foreign, entry(6, 4)], 6);
  assert.deepEqual(await read(3), { from: 3, offsets: [4, 6] });
  assert.equal(told.length, 3);
});

test("after a place of another life it reads from the beginning", async () => {
  assert.deepEqual(await open([entry(1, 0)], 1).read(7, "old"), { from: 0, offsets: [1] });
});

test("the keys of a channel lie in one slot, whatever its name", async () => {
  const { log, keys } = open([], 0);
  await log.append({ type: "a", data: "", json: false }, { idempotencyKey: "k" });
  const slots = keys[0]?.map((key) => /\{([^}]*)\}/.exec(key)?.[1]);
  assert.deepEqual(slots, ["a%20%7Bb%7D%20c", "a%20%7Bb%7D%20c", "a%20%7Bb%7D%20c"]);
});
