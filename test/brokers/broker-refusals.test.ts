import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { test } from "node:test";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { NatsBroker } from "../../src/brokers/nats-broker.ts";
import { RedisBroker } from "../../src/brokers/redis-broker.ts";
import { eventually } from "../support/eventually.ts";
import { FollowedChannel } from "../support/followed-channel.ts";
import { LocalProgram, skipWithout } from "../support/local-program.ts";
import { openNatsNode } from "../support/nats-nodes.ts";
import { startNats } from "../support/nats-server.ts";

const withoutNats = skipWithout("nats-server");
const withoutRedis = skipWithout("redis-server");

/** Opens what a broker needs of NATS. */
const openNats =
  (port: number, options: Record<string, string> = {}) =>
  async () => {
    const connection = await connect({ servers: `127.0.0.1:${port}`, timeout: 1000, ...options });
    return { connection, jetstream: jetstream(connection), manager: await jetstreamManager(connection) };
  };

/** Answers everything as a Redis of a certain age would. */
function startOldRedis(version: string): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      // One answer to each command; its name is the first word that has letters.
      for (const command of bytes
        .toString("latin1")
        .split(/^\*\d+\r\n/m)
        .slice(1)) {
        const isQuestion = /\r\nEVAL\r\n/i.test(`\r\n${command}`);
        socket.write(isQuestion ? `$${version.length}\r\n${version}\r\n` : "+OK\r\n");
      }
    });
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () =>
      resolve({ server, port: (server.address() as { port: number }).port }),
    ),
  );
}

test("NATS without JetStream is refused in words, and the process lives", { skip: withoutNats }, async () => {
  const nats = await LocalProgram.start("nats-server", (port) => ["-a", "127.0.0.1", "-p", String(port)]);
  const connection = await connect({ servers: `127.0.0.1:${nats.port}`, timeout: 1000 });
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const broker = new NatsBroker({ connection, jetstream: jetstream(connection), manager });
  await assert.rejects(
    new FollowedChannel(broker, "words").publish("a"),
    new Error("Cannot use NATS: JetStream is not enabled there"),
  );
  assert.equal(broker.status.connected, false);
  await broker.close();
  await connection.close();
  await nats.stop();
});

test("wrong credentials of NATS are told, and tried again until they are right", {
  skip: withoutNats,
}, async () => {
  const nats = await LocalProgram.start("nats-server", (port, folder) => [
    ...["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", folder, "--user", "oak", "--pass", "acorn"],
  ]);
  const told: string[] = [];
  let pass = "wrong";
  const open = () => openNats(nats.port, { user: "oak", pass })();
  const broker = new NatsBroker(open, { onError: (error) => told.push((error as Error).message) });
  await eventually(() => told.length > 0);
  assert.match(told[0] ?? "", /authori[sz]ation/i);
  assert.equal(broker.status.connected, false);
  assert.equal(broker.status.lastError instanceof Error, true);
  pass = "acorn";
  await new FollowedChannel(broker, "words").publish("a");
  assert.equal(broker.status.connected, true);
  await broker.close();
  await nats.stop();
});

test("a NATS that starts later is waited for", { skip: withoutNats }, async () => {
  const nats = await startNats();
  await nats.kill("SIGTERM");
  const broker = new NatsBroker(openNats(nats.port));
  const channel = new FollowedChannel(broker, "later");
  const published = channel.publish("a");
  await eventually(() => broker.status.lastError !== undefined);
  assert.deepEqual([broker.status.connected, broker.status.pending], [false, 1]);
  await nats.restart();
  await published;
  assert.deepEqual([broker.status.connected, broker.status.pending], [true, 0]);
  await broker.close();
  await nats.stop();
});

test("a NATS that is too old is refused with its version", { skip: withoutNats }, async () => {
  const nats = await startNats();
  const node = await openNatsNode(nats.port);
  const { connection } = node.clients;
  const old = Object.create(connection, { info: { value: { ...connection.info, version: "2.8.4" } } });
  const broker = new NatsBroker({ ...node.clients, connection: old });
  await assert.rejects(
    new FollowedChannel(broker, "words").publish("a"),
    new Error("Cannot use NATS 2.8.4: 2.9 is the oldest that will do"),
  );
  await broker.close();
  await node.close();
  await nats.stop();
});

test("wrong credentials of Redis are told by both clients, and the process lives", {
  skip: withoutRedis,
}, async (t) => {
  const redis = await LocalProgram.start("redis-server", (port, folder) => [
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
    ...["--save", "", "--requirepass", "acorn"],
  ]);
  t.after(() => redis.stop());
  const client = createClient({
    url: `redis://:wrong@127.0.0.1:${redis.port}`,
    socket: { reconnectStrategy: false },
  });
  // It connects when it is first asked: once it was refused it says of all that it is closed.
  const other = new Redis(redis.port, "127.0.0.1", {
    password: "wrong",
    lazyConnect: true,
    retryStrategy: () => null,
  });
  t.after(() => other.disconnect());
  for (const given of [client, other]) {
    given.on("error", () => undefined);
    const told: string[] = [];
    const broker = new RedisBroker(given, { onError: (error) => told.push(String(error)) });
    t.after(() => broker.close());
    await assert.rejects(new FollowedChannel(broker, "words").publish("a"), /NOAUTH|WRONGPASS/);
    assert.equal(broker.status.connected, false);
    assert.match(told.join(), /NOAUTH|WRONGPASS/);
  }
});

test("a Redis that is too old is refused with its version", async () => {
  const { server, port } = await startOldRedis("5.0.7");
  const client = new Redis(port, "127.0.0.1", { enableReadyCheck: false });
  client.on("error", () => undefined);
  const broker = new RedisBroker(client);
  await assert.rejects(
    new FollowedChannel(broker, "words").publish("a"),
    new Error("Cannot use Redis 5.0.7: 6.2 is the oldest that will do"),
  );
  assert.equal(broker.status.connected, false);
  await broker.close();
  client.disconnect();
  server.close();
});

test("a Redis that starts later is waited for, by both clients", { skip: withoutRedis }, async () => {
  const redis = await LocalProgram.start("redis-server", (port, folder) => [
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
  ]);
  await redis.kill();
  const client = createClient({
    socket: { port: redis.port, host: "127.0.0.1", reconnectStrategy: () => 20 },
  });
  const other = new Redis(redis.port, "127.0.0.1", { retryStrategy: () => 20, maxRetriesPerRequest: null });
  const brokers = [client, other].map((given) => {
    given.on("error", () => undefined);
    return new RedisBroker(given);
  });
  const published = brokers.map((broker, at) => new FollowedChannel(broker, `later ${at}`).publish("a"));
  await eventually(() => brokers.every(({ status }) => !status.connected && status.pending === 1));
  await redis.restart();
  await Promise.all(published);
  for (const broker of brokers) await broker.close();
  client.destroy();
  other.disconnect();
  await redis.stop();
});
