import assert from "node:assert/strict";
import { cp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brokerContract } from "../../src/testing/broker-contract.ts";
import { eventually } from "../support/eventually.ts";
import { FollowedChannel } from "../support/followed-channel.ts";
import { type LocalProgram, skipWithout } from "../support/local-program.ts";
import { type NatsNode, openNatsNode } from "../support/nats-nodes.ts";
import { startNats } from "../support/nats-server.ts";
import { count, nodeScenarios } from "../support/node-scenarios.ts";

const skip = skipWithout("nats-server");
let nats: LocalProgram;
let named = 0;
const newName = () => `channel ${++named}`;

before(async () => {
  if (skip === false) nats = await startNats();
});
after(async () => {
  if (skip === false) await nats.stop();
});

for (const { name, run } of nodeScenarios(() => openNatsNode(nats.port))) {
  test(name, { skip }, run);
}

test("channels of one stream don't mix, whatever their names", { skip }, async () => {
  const node = await openNatsNode(nats.port);
  const names = ["a.b", "a b", "a*", "a>", "ä", "a%2eb"].map((name) => `${newName()} ${name}`);
  const channels = names.map((name) => new FollowedChannel(node.broker, name));
  const readers = await Promise.all(channels.map((channel) => channel.read()));
  await Promise.all(channels.map((channel, at) => channel.publish(`${at}`, "end")));
  for (const [at, reader] of readers.entries()) assert.deepEqual(await reader.until("end"), [`${at}`, "end"]);
  await node.close();
});

test("readers miss nothing when NATS is killed and comes back with its data", { skip }, async () => {
  const nodes = [await openNatsNode(nats.port), await openNatsNode(nats.port)];
  const name = newName();
  const [channel, other] = nodes.map(({ broker }) => new FollowedChannel(broker, name));
  const reader = await channel?.read();
  await channel?.publish("a");
  await reader?.until("a");
  await nats.kill("SIGTERM");
  await nats.restart();
  await eventually(() => nodes.every(({ broker }) => broker.status.connected));
  await other?.publish("b", "c");
  assert.deepEqual(await reader?.until("c"), ["a", "b", "c"]);
  for (const node of nodes) await node.close();
});

test("NATS comes back without its newest events, which is told as a reset on every node", {
  skip,
}, async (t) => {
  const forgetful = await startNats();
  t.after(() => forgetful.stop());
  const [present, kept] = [join(forgetful.folder, "jetstream"), join(forgetful.folder, "kept")];
  const nodes = [await openNatsNode(forgetful.port), await openNatsNode(forgetful.port)];
  const name = newName();
  const [first, second] = nodes.map(({ broker }) => new FollowedChannel(broker, name));
  const reader = await first?.read();
  const isConnected = (node: NatsNode) => node.broker.status.connected;
  const ids = (await first?.publish(...count(0, 5))) ?? [];
  await forgetful.kill("SIGTERM");
  await cp(present, kept, { recursive: true });
  await eventually(() => !nodes.some(isConnected));
  await forgetful.restart();
  await eventually(() => nodes.every(isConnected));
  ids.push(...((await first?.publish(...count(5, 10))) ?? []));
  assert.deepEqual(await reader?.until("9"), count(0, 10));
  await forgetful.kill();
  await rm(present, { recursive: true });
  await rename(kept, present);
  await eventually(() => !nodes.some(isConnected));
  await forgetful.restart();
  await eventually(() => nodes.every(isConnected));
  // The other node does not know of what was lost. It may give its numbers to others before this one looks.
  await second?.publish(...count(10, 20));
  const anew = ["[reset]", ...count(0, 5), ...count(10, 20)];
  assert.deepEqual(await reader?.until("19"), [...count(0, 10), ...anew]);
  nodes.push(await openNatsNode(forgetful.port));
  const third = new FollowedChannel((nodes[2] as NatsNode).broker, name);
  for (const id of ids.slice(3)) {
    const returned = await third.read(id);
    assert.deepEqual(await returned.until("19"), anew);
  }
  for (const node of nodes) await node.close();
});

test("who was primed by one node goes on at another, which looked at the stream before", {
  skip,
}, async (t) => {
  const server = await startNats();
  t.after(() => server.stop());
  const nodes = [await openNatsNode(server.port), await openNatsNode(server.port)];
  const [first, second] = nodes.map(({ broker }) => new FollowedChannel(broker, "quiet"));
  const early = await first?.read();
  assert.deepEqual(early?.words, []);
  // The stream goes on, and drops what it had, while nothing is published on this channel.
  await new FollowedChannel((nodes[0] as NatsNode).broker, "busy").publish(...count(0, 10));
  await nodes[0]?.clients.manager.streams.purge("DODONA");
  const late = await second?.read();
  late?.leave();
  assert.notEqual(early?.lastEventId, late?.lastEventId, "both stand at the same number");
  await second?.publish("word");
  assert.deepEqual(await early?.until("word"), ["word"]);
  const returned = await first?.read(late?.lastEventId);
  assert.deepEqual(await returned?.until("word"), ["word"]);
  for (const node of nodes) await node.close();
});

test("readers go on when NATS was paused", { skip }, async () => {
  const node = await openNatsNode(nats.port);
  const channel = new FollowedChannel(node.broker, newName());
  const reader = await channel.read();
  await channel.publish("a");
  // What was called for meanwhile is done afterwards.
  const waiting = await nats.whilePaused(async () => [channel.publish("b", "c")]);
  await Promise.all(waiting);
  assert.deepEqual(await reader.until("c"), ["a", "b", "c"]);
  await node.close();
});

test("a stream that was purged is told as a gap to who comes back", { skip }, async () => {
  const node = await openNatsNode(nats.port);
  const channel = new FollowedChannel(node.broker, newName());
  const reader = await channel.read();
  await channel.publish("a", "b");
  await reader.until("b");
  const [, { lastEventId }] = [await channel.publish("c"), reader];
  reader.leave();
  await node.clients.manager.streams.purge("DODONA");
  await channel.publish("d");
  const returned = await channel.read(lastEventId);
  assert.deepEqual(await returned.until("d"), ["[gap]", "d"]);
  await node.close();
});

test("a stream that was deleted and made again is told as a reset", { skip }, async () => {
  const node = await openNatsNode(nats.port);
  const channel = new FollowedChannel(node.broker, newName());
  const reader = await channel.read();
  await channel.publish("a");
  await reader.until("a");
  await node.clients.manager.streams.delete("DODONA");
  while ((await channel.publish("b").catch(() => undefined)) === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const words = await reader.until("b");
  assert.deepEqual(words, ["a", "[reset]", "b"]);
  await node.close();
});

test("foreign messages on a subject are skipped, and told", { skip }, async () => {
  const node = await openNatsNode(nats.port);
  const channel = new FollowedChannel(node.broker, "foreign");
  const reader = await channel.read();
  await channel.publish("a");
  await node.clients.jetstream.publish("dodona.foreign", "hello");
  await channel.publish("b");
  assert.deepEqual(await reader.until("b"), ["a", "b"]);
  assert.ok(node.errors.some((error) => String(error).includes("it is not an event")));
  await node.close();
});

test("an event of one idempotency key is appended once", { skip }, async () => {
  const node = await openNatsNode(nats.port);
  const { channel } = new FollowedChannel(node.broker, newName());
  const first = await channel.publish("word", "a", { idempotencyKey: "one" });
  assert.equal(await channel.publish("word", "a", { idempotencyKey: "one" }), first);
  assert.notEqual(await channel.publish("word", "a", { idempotencyKey: "two" }), first);
  await node.close();
});

test("a stream that keeps something else is refused, with the difference", { skip }, async () => {
  const node = await openNatsNode(nats.port);
  await new FollowedChannel(node.broker, newName()).publish("a");
  const other = await openNatsNode(nats.port, { historyEvents: 7 });
  await assert.rejects(
    new FollowedChannel(other.broker, newName()).publish("a"),
    /Cannot use the stream "DODONA": its max_msgs_per_subject is 100000, not 7/,
  );
  for (const each of [node, other]) await each.close();
});

test("an event that is larger than the server takes is refused, and others go on", { skip }, async () => {
  const node = await openNatsNode(nats.port);
  const channel = new FollowedChannel(node.broker, newName());
  await assert.rejects(channel.publish("x".repeat(2 * 1024 * 1024)), /payload/i);
  await channel.publish("a");
  await node.close();
});

test("while the server is away what waits is bounded, and the rest refused", { skip }, async () => {
  const node = await openNatsNode(nats.port, { maxPending: 3, publishTimeoutMs: 100 });
  const channel = new FollowedChannel(node.broker, newName());
  await channel.publish("a");
  const outcomes = await nats.whilePaused(() =>
    Promise.allSettled(["b", "c", "d", "e"].map((word) => channel.publish(word))),
  );
  const reasons = outcomes.map((outcome) => (outcome.status === "rejected" ? String(outcome.reason) : ""));
  assert.match(reasons[3] ?? "", /3 events wait for NATS already/);
  for (const reason of reasons.slice(0, 3)) assert.match(reason, /has not answered within 100 ms/);
  await eventually(() => node.broker.status.pending === 0);
  await channel.publish("f");
  await node.close();
});

const make = async () => {
  const { broker, close } = await openNatsNode(nats.port);
  return { broker, end: close };
};
for (const { name, run } of brokerContract(make)) test(`contract: ${name}`, { skip }, run);
