import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import { EventId } from "../../src/channel/event-id.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";
import { SimulationBroker } from "../support/simulation-broker.ts";

const settle = async (clock: VirtualClock, rounds = 40) => {
  for (let count = 0; count < rounds; count++) {
    clock.advance(10);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
};

test("while its stream takes nothing it writes nothing, and then goes on in bounded writes", async () => {
  const clock = new VirtualClock();
  const channel = new Channel<Record<string, unknown>>("a", { clock });
  const reader = new ScriptedReader(clock);
  const subscription = channel.subscribe(reader.target);
  await channel.publish("x", "x".repeat(2000));
  clock.advance(0);
  const { writes } = reader;
  for (let count = 0; count < 3000; count++) void channel.publish("x", "y".repeat(100));
  clock.advance(0);
  assert.equal(reader.writes, writes);
  assert.equal(subscription.lag, 3000);
  const events = reader.read();
  for (let round = 0; round < 20 && subscription.lag > 0; round++) {
    clock.advance(0);
    events.push(...reader.read());
  }
  assert.equal(events.length, 3001);
  const sizes = reader.sink.written.slice(writes).map(({ byteLength }) => byteLength);
  assert.ok(Math.max(...sizes) <= 64 * 1024 && sizes.length > 3);
});

test("what one turn brings to a reader of its own is one write", async () => {
  const clock = new VirtualClock();
  const channel = new Channel<Record<string, unknown>>("a", { clock });
  const reader = new ScriptedReader(clock);
  channel.subscribe(reader.target, { filter: () => true });
  reader.read();
  const { writes } = reader;
  for (let count = 0; count < 5; count++) void channel.publish("x", "y");
  clock.advance(0);
  assert.equal(reader.writes, writes + 1);
  assert.equal(reader.read().length, 5);
});

test("a reader that another node has told more is not told it again here", async () => {
  const clock = new VirtualClock();
  const broker = new SimulationBroker(clock, () => 0.5, "e", 1000);
  const channel = new Channel<Record<string, unknown>>("a", { clock, broker });
  const here = new ScriptedReader(clock);
  channel.subscribe(here.target);
  await settle(clock);
  const log = broker.open("a", {} as Parameters<typeof broker.open>[1]);
  const appending = Promise.all(["1", "2", "3"].map((data) => log.append({ type: "x", data, json: false })));
  for (let count = 0; count < 3; count++) {
    clock.advance(10);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
  here.read();
  const [position] = EventId.parse(here.lastEventId)?.positions ?? [];
  assert.ok(position !== undefined && position.offset < 3, "this node has been told all already");
  await settle(clock, 1);
  await appending.catch(() => undefined);
  const ahead = new EventId([{ ...position, offset: 2 }]).toString();
  const reader = new ScriptedReader(clock, { lastEventId: ahead });
  const subscription = channel.subscribe(reader.target);
  await settle(clock);
  assert.equal(subscription.outcome, "resumed");
  assert.deepEqual(
    reader.read().map(({ data }) => data),
    ["3"],
  );
});
