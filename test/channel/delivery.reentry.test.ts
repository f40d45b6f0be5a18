import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import type { ChannelEvent } from "../../src/channel/log-entry.ts";
import type { Subscription } from "../../src/channel/subscription.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

function open() {
  const clock = new VirtualClock();
  const channel = new Channel<Record<string, unknown>>("a", { clock });
  const follow = (filter?: (event: ChannelEvent) => boolean, since?: "earliest") => {
    const reader = new ScriptedReader(clock, { highWaterMarkBytes: 1024 * 1024 });
    const subscription = channel.subscribe(reader.target, { filter, since });
    return { reader, subscription };
  };
  const publish = async (count: number) => {
    for (let at = 0; at < count; at++) await channel.publish("x", `${channel.metrics.published + 1}`);
  };
  /** Runs turns until none waits but the log's own timer. */
  const turns = () => {
    for (let left = 20; left > 0; left--) clock.advance(0);
  };
  const read = (reader: ScriptedReader) => reader.read().map(({ data }) => data);
  return { channel, follow, publish, turns, read };
}

test("what a filter publishes reaches its own reader, though nobody was level", async () => {
  const { channel, follow, publish, turns, read } = open();
  await publish(1);
  let published: Promise<string> | undefined;
  const echo = ({ data }: ChannelEvent) => {
    if (data === "1") published ??= channel.publish("x", "echo");
    return true;
  };
  const { reader } = follow(echo, "earliest");
  turns();
  assert.deepEqual(read(reader), ["1", "echo"]);
  await published;
});

test("what is published because one goes reaches who became level in the same turn", async () => {
  const { channel, follow, publish, turns, read } = open();
  await publish(1);
  let published: Promise<string> | undefined;
  channel.addEventListener("unsubscribe", () => {
    published = channel.publish("x", "somebody left");
  });
  const { reader } = follow(undefined, "earliest");
  follow(() => {
    throw new Error("a fault of the filter's");
  }, "earliest");
  turns();
  assert.equal(channel.size, 1);
  assert.deepEqual(read(reader), ["1", "somebody left"]);
  await published;
});

for (const [place, since, before] of [
  ["behind", "earliest", 3],
  ["level", undefined, 0],
] as const) {
  test(`who closes itself while it is ${place} is sent nothing any more`, async () => {
    const { channel, follow, publish, turns, read } = open();
    const { reader: other } = follow();
    await publish(before);
    turns();
    let own: Subscription | undefined;
    const { reader, subscription } = follow(() => {
      void own?.close();
      return true;
    }, since);
    own = subscription;
    // More than one go.
    await publish(600);
    turns();
    assert.equal(subscription.closed, true);
    assert.deepEqual(read(reader), []);
    await channel.publish("x", "later");
    turns();
    assert.deepEqual(read(reader), []);
    assert.equal(read(other).at(-1), "later");
  });
}
