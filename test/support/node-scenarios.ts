import assert from "node:assert/strict";
import type { Broker } from "../../src/channel.ts";
import { FollowedChannel } from "./followed-channel.ts";

/** A process with a broker. */
interface Node {
  readonly broker: Broker;
  close(): Promise<void>;
}

/** What readers of two nodes are promised, whatever keeps the log between them: each to be run by itself. */
export function nodeScenarios(open: () => Promise<Node>): { name: string; run: () => Promise<void> }[] {
  const scenarios: [name: string, run: Scenario][] = [
    ["what any node publishes reaches the readers of all, in one order", shareOneOrder],
    ["a reader goes on at another node, from memory and from the broker", goOnElsewhere],
    ["a reader that wants all gets what no node has in memory", wantAll],
  ];
  return scenarios.map(([name, run]) => ({
    name,
    run: async () => {
      const nodes = [await open(), await open()] as const;
      const channel = `nodes ${crypto.randomUUID()}`;
      const onChannel = ({ broker }: Node, events?: number) =>
        new FollowedChannel(broker, channel, events === undefined ? {} : { events });
      await run(
        (events) => onChannel(nodes[0], events),
        (events) => onChannel(nodes[1], events),
      );
      for (const node of nodes) await node.close();
    },
  }));
}

/** The words from one number up to another, without it. */
export function count(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, at) => `${from + at}`);
}

/** Makes the channel at a node, with so many events in memory. */
type Make = (events?: number) => FollowedChannel;
type Scenario = (first: Make, second: Make) => Promise<void>;

async function shareOneOrder(first: Make, second: Make): Promise<void> {
  const channels = [first(), second()];
  const readers = await Promise.all(channels.map((channel) => channel.read()));
  await Promise.all(channels.map((channel, at) => channel.publish(...count(at * 500, at * 500 + 500))));
  await channels[0]?.publish("end");
  const [one, other] = await Promise.all(readers.map((reader) => reader.until("end")));
  assert.deepEqual(one, other);
  assert.equal(new Set(one).size, 1001);
  for (const [at] of channels.entries()) {
    const own = one?.filter((word) => word !== "end" && Math.floor(Number(word) / 500) === at);
    assert.deepEqual(own, count(at * 500, at * 500 + 500), "the order of one publisher was not kept");
  }
}

async function goOnElsewhere(first: Make, second: Make): Promise<void> {
  const [here, there] = [first(100), second(100)];
  const reader = await here.read();
  await here.publish(...count(0, 10));
  await reader.until("9");
  const { lastEventId } = reader;
  reader.leave();
  await there.publish(...count(10, 1000));
  const returned = await there.read(lastEventId);
  assert.equal(returned.outcome, "resumed");
  assert.deepEqual(await returned.until("999"), count(10, 1000));
}

async function wantAll(first: Make, second: Make): Promise<void> {
  const [here, there] = [first(10), second(10)];
  await here.publish(...count(0, 100));
  const reader = await there.read("", "earliest");
  assert.equal(reader.outcome, "new");
  await here.publish("end");
  assert.deepEqual(await reader.until("end"), [...count(0, 100), "end"]);
  // One that brings what names no place of the log is told, and begins there too.
  const stranger = await there.read((await here.channel.lastEventId()).replace(/\..*/, "zz.1"));
  assert.deepEqual(await stranger.until("end"), ["[reset]", ...count(0, 100), "end"]);
}
