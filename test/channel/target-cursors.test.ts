import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import { EventId } from "../../src/channel/event-id.ts";
import { TargetCursors } from "../../src/channel/target-cursors.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

function open(...names: string[]) {
  const clock = new VirtualClock();
  const channels = names.map((name) => new Channel(name, { clock, history: { events: 3 } }));
  const follow = (lastEventId = "", followed = channels) => {
    const reader = new ScriptedReader(clock, { lastEventId });
    const subscriptions = followed.map((channel) => channel.subscribe(reader.target));
    clock.advance(0);
    return { reader, subscriptions };
  };
  const publish = async (at: number, ...words: string[]) => {
    for (const word of words) await channels[at]?.publish("word", word);
    clock.advance(0);
  };
  return { clock, channels, follow, publish };
}

const said = (reader: ScriptedReader) =>
  reader.read().map(({ type, data }) => (type === "word" ? data : `[${type}]`));

test("one id holds a place in each channel, and all of them resume", async () => {
  const { follow, publish } = open("a", "b", "c");
  const { reader } = follow();
  await publish(0, "a1");
  await publish(1, "b1");
  assert.deepEqual(said(reader), ["a1", "b1"]);
  assert.equal(EventId.parse(reader.lastEventId)?.positions.length, 3);
  await publish(0, "a2");
  await publish(2, "c1", "c2");
  const returned = follow(reader.lastEventId);
  assert.deepEqual(
    returned.subscriptions.map(({ outcome }) => outcome),
    ["resumed", "resumed", "resumed"],
  );
  assert.deepEqual(said(returned.reader).sort(), ["a2", "c1", "c2"]);
});

test("one channel's loss is not another's", async () => {
  const { follow, publish } = open("a", "b");
  const { reader } = follow();
  said(reader);
  await publish(0, "1", "2", "3", "4", "5");
  await publish(1, "b1");
  const { subscriptions, reader: returned } = follow(reader.lastEventId);
  assert.deepEqual(
    subscriptions.map(({ outcome }) => outcome),
    ["gap", "resumed"],
  );
  assert.deepEqual(said(returned), ["[gap]", "3", "4", "5", "b1"]);
});

test("a channel that is followed later goes on where its reader left off", async () => {
  const { clock, channels, follow, publish } = open("a", "b");
  const { reader } = follow();
  said(reader);
  const [a, b] = channels as [Channel, Channel];
  const { reader: returned } = follow(reader.lastEventId, [a]);
  await publish(0, "a1");
  await publish(1, "b1");
  said(returned);
  const { reader: again } = follow(returned.lastEventId, [a]);
  assert.equal(b.subscribe(again.target).outcome, "resumed");
  clock.advance(0);
  assert.deepEqual(said(again), ["b1"]);
});

test("a channel that is no longer followed leaves the id", async () => {
  const { follow, publish } = open("a", "b");
  const { reader, subscriptions } = follow();
  said(reader);
  await subscriptions[1]?.close();
  await publish(0, "a1");
  await publish(1, "b1");
  assert.deepEqual(said(reader), ["a1"]);
  assert.equal(EventId.parse(reader.lastEventId)?.positions.length, 1);
});

test("one that is followed again has nothing told twice", async () => {
  const { channels, follow, publish } = open("a");
  const { reader: first } = follow();
  said(first);
  await publish(0, "a1");
  const { reader, subscriptions } = follow(first.lastEventId);
  await subscriptions[0]?.close();
  await publish(0, "a2");
  const again = channels[0]?.subscribe(reader.target);
  await publish(0, "a3");
  assert.equal(again?.outcome, "new");
  assert.deepEqual(said(reader), ["a1", "a3"]);
});

test("a target follows so many channels and no more", () => {
  const clock = new VirtualClock();
  const { target } = new ScriptedReader(clock);
  for (let count = 0; count < 64; count++) new Channel(`c${count}`, { clock }).subscribe(target);
  assert.throws(
    () => new Channel("one more", { clock }).subscribe(target),
    new RangeError("Cannot subscribe the target: it follows 64 channels already"),
  );
});

test("an id can't be made to grow by those who bring it", async () => {
  const { follow, publish } = open("a");
  const { reader: first } = follow();
  said(first);
  const brought = [first.lastEventId, ...Array.from({ length: 63 }, (_, at) => `tagXepoch.${at}`)].join("~");
  const { reader } = follow(brought);
  await publish(0, "x");
  said(reader);
  assert.equal(EventId.parse(reader.lastEventId)?.positions.length, 17);
});

test("what feeds a target otherwise is not put out", () => {
  const { target } = new ScriptedReader(new VirtualClock());
  target.feeder = { drained() {}, ended() {}, overridden() {} };
  assert.throws(
    () => TargetCursors.of(target),
    new TypeError("Cannot subscribe the target: something else feeds it"),
  );
});
