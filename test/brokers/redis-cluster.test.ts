import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { RedisBroker } from "../../src/brokers/redis-broker.ts";
import { brokerContract } from "../../src/testing/broker-contract.ts";
import { eventually } from "../support/eventually.ts";
import { FollowedChannel } from "../support/followed-channel.ts";
import { type LocalProgram, skipWithout } from "../support/local-program.ts";
import { startRedisCluster } from "../support/redis-cluster.ts";

const skip = skipWithout("redis-server");
let servers: readonly LocalProgram[] = [];

before(async () => {
  if (!skip) servers = await startRedisCluster();
});
after(async () => {
  for (const server of servers) await server.stop();
});

/** A node's broker over a client of one package. */
async function open(client: "redis" | "ioredis") {
  const ports = servers.map(({ port }) => port);
  if (client === "ioredis") {
    const cluster = new Cluster(ports.map((port) => ({ host: "127.0.0.1", port })));
    cluster.on("error", () => undefined);
    const broker = new RedisBroker(cluster, { checkMs: 500 });
    const end = async () => {
      await broker.close();
      cluster.disconnect();
    };
    return { broker, end };
  }
  const cluster = createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) });
  cluster.on("error", () => undefined);
  await cluster.connect();
  const broker = new RedisBroker(cluster, { checkMs: 500 });
  const end = async () => {
    await broker.close();
    cluster.destroy();
  };
  return { broker, end };
}

for (const client of ["redis", "ioredis"] as const) {
  for (const { name, run } of brokerContract(() => open(client))) {
    test(`${client}, a cluster: contract: ${name}`, { skip }, run);
  }

  test(`${client}, a cluster: channels on all its servers are heard on every node`, { skip }, async () => {
    const nodes = [await open(client), await open(client === "redis" ? "ioredis" : "redis")];
    const names = Array.from({ length: 12 }, (_, at) => `${client} ${at}`);
    const readers = await Promise.all(
      names.map((name) => new FollowedChannel((nodes[1] as (typeof nodes)[0]).broker, name).read()),
    );
    for (const name of names) {
      await new FollowedChannel((nodes[0] as (typeof nodes)[0]).broker, name).publish("a", "b");
    }
    for (const reader of readers) assert.deepEqual(await reader.until("b"), ["a", "b"]);
    for (const { end } of nodes) await end();
  });
}

test("redis, a cluster: a server that goes and comes back is seen in the state, and its channels go on", {
  skip,
}, async () => {
  const node = await open("redis");
  const [, , last] = servers as readonly [LocalProgram, LocalProgram, LocalProgram];
  const channels = Array.from({ length: 12 }, (_, at) => new FollowedChannel(node.broker, `away ${at}`));
  const readers = await Promise.all(channels.map((channel) => channel.read()));
  await Promise.all(channels.map((channel) => channel.publish("a")));
  await Promise.all(readers.map((reader) => reader.until("a")));
  await eventually(() => node.broker.status.connected);
  await last.kill();
  await eventually(() => !node.broker.status.connected);
  await last.restart();
  await eventually(() => node.broker.status.connected);
  for (const [at, reader] of readers.entries()) {
    while ((await channels[at]?.publish("b").catch(() => undefined)) === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    // The one that was killed had nothing to come back with.
    assert.match((await reader.until("b")).join(" "), /^a( \[reset\])? b$/);
  }
  await node.end();
});
