import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { APPEND, HEAD, READ } from "../../src/brokers/redis-scripts.ts";
import { type LocalProgram, skipWithout } from "../support/local-program.ts";
import { openRedisNode, type RedisNode } from "../support/redis-nodes.ts";
import { startRedis } from "../support/redis-server.ts";

const skip = skipWithout("redis-server");
const KEYS = ["{s}:log", "{s}:head"];
let redis: LocalProgram;
let node: RedisNode;

before(async () => {
  if (skip !== false) return;
  redis = await startRedis();
  node = await openRedisNode("redis", redis.port);
});
after(async () => {
  if (skip !== false) return;
  await node.close();
  await redis.stop();
});

function run(script: string, keys: string[], ...args: (string | number)[]): Promise<unknown> {
  return node.command("EVAL", script, String(keys.length), ...keys, ...args.map(String));
}

/** What a process that knows of nothing tells each script first, and one that knows of a place. */
const NOTHING = ["epoch", "", 0] as const;
const knowing = (offset: number) => ["new", "epoch", offset] as const;

async function append(
  event: string,
  keys = KEYS,
  begin: readonly (string | number)[] = NOTHING,
): Promise<number> {
  const reply = await run(APPEND, keys, ...begin, event, 100, "{s}:new", 1000, "PUBLISH");
  const [epoch, offset, isNew] = reply as [string, string, number];
  assert.equal(epoch, "epoch");
  assert.equal(isNew, keys.length === 3 && event === "again" ? 0 : 1);
  return Number(offset);
}

const read = (after: number, begin: readonly (string | number)[] = NOTHING) =>
  run(READ, KEYS, ...begin, "epoch", after, 10);
const entry = (offset: number, event: string, previous: number) => [
  `${offset}-0`,
  ["e", event, "p", `${previous}`],
];

test("the first call begins a life, and later ones keep it", { skip }, async () => {
  assert.deepEqual(await run(HEAD, KEYS, "first", "", 0), ["first", "0"]);
  assert.deepEqual(await run(HEAD, KEYS, "second", "", 0), ["first", "0"]);
});

test("offsets rise with the time, and each entry names the one before", { skip }, async () => {
  await node.command("DEL", ...KEYS);
  const microseconds = (Date.now() - Date.UTC(2026)) * 1000;
  const first = await append("a");
  const second = await append("b");
  assert.ok(first > microseconds - 60e6 && second > first && second < microseconds + 60e6, `${first}`);
  const entries = [entry(first, "a", 0), entry(second, "b", first)];
  assert.deepEqual(await read(0), ["epoch", `${second}`, entries]);
  assert.deepEqual(await read(first), ["epoch", `${second}`, entries.slice(1)]);
});

test("where the clock is behind, offsets rise by one", { skip }, async () => {
  await node.command("DEL", ...KEYS);
  const ahead = (await append("a")) + 60e6;
  await node.command("HSET", KEYS[1] as string, "head", `${ahead}`);
  assert.equal(await append("b"), ahead + 1);
  assert.equal(await append("c"), ahead + 2);
});

test("an idempotency key gives the place of the first", { skip }, async () => {
  const keys = [...KEYS, "{s}:once:k"];
  const first = await append("c", keys);
  assert.equal(await append("again", keys), first);
});

test("an entry of somebody else is passed, and what follows names the last of ours", { skip }, async () => {
  await node.command("DEL", ...KEYS);
  const first = await append("a");
  await node.command("XADD", KEYS[0] as string, `${first + 60e6}-3`, "foreign", "entry");
  const second = await append("b");
  assert.equal(second, first + 60e6 + 1);
  const [, , entries] = (await read(first)) as [string, string, unknown[]];
  assert.deepEqual(entries.at(-1), entry(second, "b", first));
});

test("what a process knows of, and the log has no more, is missing before what comes next", {
  skip,
}, async () => {
  await node.command("DEL", ...KEYS);
  const kept = await append("kept");
  const lost = kept + 5;
  assert.deepEqual(await run(HEAD, KEYS, ...NOTHING), ["epoch", `${kept}`]);
  const next = await append("next", KEYS, knowing(lost));
  assert.deepEqual(await read(kept), ["epoch", `${next}`, [entry(next, "next", lost)]]);
  assert.deepEqual(await run(HEAD, KEYS, ...knowing(next + 7)), ["epoch", `${next + 7}`]);
  assert.deepEqual(await read(next, knowing(next + 9)), ["epoch", `${next + 9}`, []]);
  // What is known of another life says nothing of this one.
  const other = ["new", "another", next + 60e6];
  assert.deepEqual(await run(HEAD, KEYS, ...other), ["epoch", `${next + 9}`]);
});

test("a stream whose hash is gone is another life, from its beginning", { skip }, async () => {
  await append("old");
  await node.command("DEL", KEYS[1] as string);
  assert.deepEqual(await run(HEAD, KEYS, "anew", "", 0), ["anew", "0"]);
  assert.deepEqual(await run(READ, KEYS, "x", "", 0, "anew", 0, 10), ["anew", "0", []]);
});
