import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

interface Prices {
  price: { cents: number };
  message: string;
}

function open() {
  const clock = new VirtualClock();
  const channel = new Channel<Prices>("prices", { clock, random: () => 0.5 });
  return { clock, channel };
}

test("what is published reaches all readers, in order, in one write a turn", async () => {
  const { clock, channel } = open();
  const readers = [new ScriptedReader(clock), new ScriptedReader(clock)];
  for (const { target } of readers) channel.subscribe(target);
  const writes = readers.map((reader) => reader.writes);
  const ids = await Promise.all([1, 2, 3].map((cents) => channel.publish("price", { cents })));
  clock.advance(0);
  for (const [at, reader] of readers.entries()) {
    assert.equal(reader.writes, (writes[at] ?? 0) + 1);
    const events = reader.read();
    assert.deepEqual(
      events.map(({ type, data, lastEventId }) => ({ type, data, lastEventId })),
      ids.map((lastEventId, index) => ({ type: "price", data: `{"cents":${index + 1}}`, lastEventId })),
    );
    assert.deepEqual(reader.comments, ["", "new"]);
  }
  assert.equal(readers[0]?.sink.written.at(-1), readers[1]?.sink.written.at(-1), "not the same bytes");
});

test("a reader that comes back goes on after the last event that it has seen", async () => {
  const { clock, channel } = open();
  const first = new ScriptedReader(clock);
  channel.subscribe(first.target);
  first.read();
  const primed = first.lastEventId;
  assert.notEqual(primed, "");
  first.sink.leave();
  await channel.publish("message", "one");
  await channel.publish("message", "two");
  const second = new ScriptedReader(clock, { lastEventId: primed });
  const subscription = channel.subscribe(second.target);
  assert.equal(subscription.outcome, "resumed");
  clock.advance(0);
  assert.deepEqual(
    second.read().map(({ data }) => data),
    ["one", "two"],
  );
  assert.deepEqual(second.comments, ["", "resumed"]);
});
