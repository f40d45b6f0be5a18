import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { brokerContract } from "../../src/testing/broker-contract.ts";
import { eventually } from "../support/eventually.ts";
import { FollowedChannel } from "../support/followed-channel.ts";
import { type LocalProgram, skipWithout } from "../support/local-program.ts";
import { count, nodeScenarios } from "../support/node-scenarios.ts";
import { openRedisNode, REDIS_CLIENTS } from "../support/redis-nodes.ts";
import { startRedis } from "../support/redis-server.ts";

const skip = skipWithout("redis-server");
let redis: LocalProgram;
let named = 0;
const newName = () => `channel ${++named}`;

before(async () => {
  if (skip === false) redis = await startRedis({ persistent: true });
});
after(async () => {
  if (skip === false) await redis.stop();
});

for (const client of REDIS_CLIENTS) {
  for (const { name, run } of nodeScenarios(() => openRedisNode(client, redis.port))) {
    test(`${client}: ${name}`, { skip }, run);
  }

  test(`${client}: readers miss nothing when Redis is killed and comes back with its data`, {
    skip,
  }, async () => {
    const node = await openRedisNode(client, redis.port);
    const channel = new FollowedChannel(node.broker, newName());
    const reader = await channel.read();
    await channel.publish("a");
    await reader.until("a");
    await redis.kill();
    const waiting = channel.publish("b", "c");
    await redis.restart();
    await waiting;
    assert.deepEqual(await reader.until("c"), ["a", "b", "c"]);
    await eventually(() => node.broker.status.connected);
    await node.close();
  });

  test(`${client}: Redis comes back without its newest events: who has seen them goes on, others are told`, {
    skip,
  }, async (t) => {
    const forgetful = await startRedis();
    t.after(() => forgetful.stop());
    const nodes = [await openRedisNode(client, forgetful.port), await openRedisNode(client, forgetful.port)];
    const name = newName();
    const [first, second] = nodes.map(({ broker }) => new FollowedChannel(broker, name));
    const reader = await first?.read();
    const ids = (await second?.publish(...count(0, 5))) ?? [];
    await reader?.until("4");
    await nodes[0]?.command("SAVE");
    ids.push(...((await second?.publish(...count(5, 10))) ?? []));
    await reader?.until("9");
    await forgetful.kill();
    await forgetful.restart();
    await eventually(() => nodes.every(({ broker }) => broker.status.connected));
    // More than were lost: the places of the lost must not be taken for theirs.
    await second?.publish(...count(10, 20));
    assert.deepEqual(await reader?.until("19"), count(0, 20));
    // A node that never had them.
    nodes.push(await openRedisNode(client, forgetful.port));
    const third = new FollowedChannel((nodes[2] as (typeof nodes)[0]).broker, name);
    for (const [seen, told] of [
      [2, ["3", "4", "[gap]"]],
      [4, ["[gap]"]],
      [7, ["[gap]"]],
      [9, []],
    ] as const) {
      const returned = await third.read(ids[seen]);
      assert.deepEqual(await returned.until("19"), [...told, ...count(10, 20)], `who left after ${seen}`);
    }
    for (const node of nodes) await node.close();
  });

  test(`${client}: Redis loses its newest events with all who knew of them: who has seen some is told`, {
    skip,
  }, async (t) => {
    const forgetful = await startRedis();
    t.after(() => forgetful.stop());
    const name = newName();
    const before = await openRedisNode(client, forgetful.port);
    const ids = await new FollowedChannel(before.broker, name).publish(...count(0, 5));
    await before.command("SAVE");
    ids.push(...(await new FollowedChannel(before.broker, name).publish(...count(5, 10))));
    await before.close();
    await forgetful.kill();
    await forgetful.restart();
    const after = await openRedisNode(client, forgetful.port);
    const channel = new FollowedChannel(after.broker, name);
    // Before anything came after them, and with a log in memory that begins there.
    const early = await channel.read(ids[9]);
    await channel.publish(...count(10, 20));
    assert.deepEqual(await early.until("19"), ["[reset]", ...count(0, 5), ...count(10, 20)]);
    for (const seen of [5, 9]) {
      const returned = await channel.read(ids[seen]);
      assert.equal((await returned.until("19"))[0], "[reset]", `who left after ${seen}`);
    }
    assert.deepEqual(await (await channel.read(ids[4])).until("19"), count(10, 20));
    await after.close();
  });

  test(`${client}: readers get what they missed while their connection was cut`, { skip }, async () => {
    const nodes = [await openRedisNode(client, redis.port), await openRedisNode("redis", redis.port)];
    const name = newName();
    const [channel, other] = nodes.map(({ broker }) => new FollowedChannel(broker, name));
    const reader = await channel?.read();
    for (let round = 0; round < 5; round++) {
      await nodes[1]?.command("CLIENT", "KILL", "TYPE", "pubsub");
      await other?.publish(...count(round * 10, round * 10 + 10));
    }
    assert.deepEqual(await reader?.until("49"), count(0, 50));
    for (const node of nodes) await node.close();
  });

  test(`${client}: a log that was flushed is told as a reset`, { skip }, async () => {
    const node = await openRedisNode(client, redis.port);
    const channel = new FollowedChannel(node.broker, newName());
    const reader = await channel.read();
    await channel.publish("old");
    await reader.until("old");
    await node.command("FLUSHALL");
    await channel.publish("new");
    assert.deepEqual(await reader.until("new"), ["old", "[reset]", "new"]);
    await node.close();
  });

  test(`${client}: what was trimmed before a reader came back is told as a gap`, { skip }, async () => {
    const node = await openRedisNode(client, redis.port);
    const name = newName();
    const channel = new FollowedChannel(node.broker, name, { events: 5 });
    const reader = await channel.read();
    await channel.publish("0");
    await reader.until("0");
    const { lastEventId } = reader;
    reader.leave();
    await channel.publish(...count(1, 20));
    await node.command("XTRIM", `dodona:{${encodeURIComponent(name)}}:log`, "MAXLEN", "3");
    const returned = await channel.read(lastEventId);
    assert.deepEqual(await returned.until("19"), ["[gap]", "17", "18", "19"]);
    await node.close();
  });

  test(`${client}: foreign entries in the stream are skipped, and told`, { skip }, async () => {
    const node = await openRedisNode(client, redis.port);
    const name = newName();
    const channel = new FollowedChannel(node.broker, name, { events: 2 });
    const reader = await channel.read();
    await channel.publish("a");
    await reader.until("a");
    const { lastEventId } = reader;
    await node.command("XADD", `dodona:{${encodeURIComponent(name)}}:log`, "*", "hello", "world");
    await channel.publish("b", "c", "d", "e");
    assert.deepEqual(await reader.until("e"), ["a", "b", "c", "d", "e"]);
    reader.leave();
    const returned = await channel.read(lastEventId);
    assert.deepEqual(await returned.until("e"), ["b", "c", "d", "e"]);
    assert.ok(node.errors.some((error) => String(error).includes("it is not an event")));
    await node.close();
  });

  test(`${client}: a key of the wrong type is an error, and others go on`, { skip }, async () => {
    const node = await openRedisNode(client, redis.port);
    const name = newName();
    await node.command("SET", `dodona:{${encodeURIComponent(name)}}:log`, "not a stream");
    await node.command("HSET", `dodona:{${encodeURIComponent(name)}}:head`, "epoch", "e", "head", "4");
    await assert.rejects(new FollowedChannel(node.broker, name).publish("a"), /WRONGTYPE/);
    await new FollowedChannel(node.broker, newName()).publish("a");
    await node.close();
  });

  test(`${client}: an event of one idempotency key is appended once`, { skip }, async () => {
    const node = await openRedisNode(client, redis.port);
    const { channel } = new FollowedChannel(node.broker, newName());
    const first = await channel.publish("word", "a", { idempotencyKey: "one" });
    assert.equal(await channel.publish("word", "a", { idempotencyKey: "one" }), first);
    assert.notEqual(await channel.publish("word", "a", { idempotencyKey: "two" }), first);
    await node.close();
  });

  test(`${client}: a server that is paused bounds what waits, and refuses the rest`, { skip }, async () => {
    const node = await openRedisNode(client, redis.port, { maxPending: 3, publishTimeoutMs: 100 });
    const channel = new FollowedChannel(node.broker, newName());
    await channel.publish("a");
    const outcomes = await redis.whilePaused(() =>
      Promise.allSettled(["b", "c", "d", "e"].map((word) => channel.publish(word))),
    );
    const reasons = outcomes.map((outcome) => (outcome.status === "rejected" ? String(outcome.reason) : ""));
    assert.match(reasons[3] ?? "", /3 events wait for Redis already/);
    for (const reason of reasons.slice(0, 3)) assert.match(reason, /has not answered within 100 ms/);
    await eventually(() => node.broker.status.pending === 0);
    await channel.publish("f");
    await node.close();
  });
}

for (const client of REDIS_CLIENTS) {
  const make = async () => {
    const { broker, close } = await openRedisNode(client, redis.port);
    return { broker, end: close };
  };
  for (const { name, run } of brokerContract(make)) test(`${client}: contract: ${name}`, { skip }, run);
}

test("a channel that nobody reads is not subscribed to", { skip }, async () => {
  const node = await openRedisNode("redis", redis.port);
  const name = newName();
  const channel = new FollowedChannel(node.broker, name);
  const subscribers = () => node.command("PUBSUB", "NUMSUB", `dodona:{${encodeURIComponent(name)}}:new`);
  const readers = [await channel.read(), await channel.read()];
  assert.equal(Number(((await subscribers()) as unknown[])[1]), 1);
  for (const reader of readers) reader.leave();
  await channel.publish("a");
  while (Number(((await subscribers()) as unknown[])[1]) !== 0)
    await new Promise((resolve) => setTimeout(resolve, 5));
  await node.close();
});
