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

const append = (event: string, keys = KEYS) =>
  run(APPEND, keys, "epoch", event, 100, "{s}:new", 1000, "PUBLISH");

test("the first call begins a life, and later ones keep it", { skip }, async () => {
  assert.deepEqual(await run(HEAD, KEYS, "first"), ["first", "0"]);
  assert.deepEqual(await run(HEAD, KEYS, "second"), ["first", "0"]);
});

test("offsets rise by one, and each entry names the one before", { skip }, async () => {
  await node.command("DEL", ...KEYS);
  assert.deepEqual(await append("a"), ["epoch", "1", 1]);
  assert.deepEqual(await append("b"), ["epoch", "2", 1]);
  const entries = [
    ["1-0", ["e", "a", "p", "0"]],
    ["2-0", ["e", "b", "p", "1"]],
  ];
  assert.deepEqual(await run(READ, KEYS, "new", "epoch", 0, 10), ["epoch", "2", entries]);
  assert.deepEqual(await run(READ, KEYS, "new", "epoch", 1, 10), ["epoch", "2", entries.slice(1)]);
});

test("an idempotency key gives the place of the first", { skip }, async () => {
  const keys = [...KEYS, "{s}:once:k"];
  const first = (await append("c", keys)) as unknown[];
  assert.deepEqual(await append("c", keys), [first[0], first[1], 0]);
});

test("an entry of somebody else is passed, and what follows names the last of ours", { skip }, async () => {
  await node.command("DEL", ...KEYS);
  await append("a");
  await node.command("XADD", KEYS[0] as string, "50-3", "foreign", "entry");
  assert.deepEqual(await append("b"), ["epoch", "51", 1]);
  const [, , entries] = (await run(READ, KEYS, "new", "epoch", 50, 10)) as [string, string, unknown[]];
  assert.deepEqual(entries.at(-1), ["51-0", ["e", "b", "p", "1"]]);
});

test("a stream whose hash is gone is another life, from its beginning", { skip }, async () => {
  await append("old");
  await node.command("DEL", KEYS[1] as string);
  assert.deepEqual(await run(HEAD, KEYS, "anew"), ["anew", "0"]);
  assert.deepEqual(await run(READ, KEYS, "x", "anew", 0, 10), ["anew", "0", []]);
});
