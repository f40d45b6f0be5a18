import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import type { ChannelOptions } from "../../src/channel/channel-options.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { defer } from "../support/deferred.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

type Events = Record<string, unknown>;

function open(make: () => unknown, options: ChannelOptions<Events, unknown> = {}) {
  const clock = new VirtualClock();
  const channel = new Channel<Events>("board", { clock, history: { events: 3 }, ...options }).snapshot(make);
  const follow = (lastEventId = "", following: readonly Channel<Events>[] = [channel]) => {
    const reader = new ScriptedReader(clock, { lastEventId });
    const subscriptions = following.map((each) => each.subscribe(reader.target));
    return { reader, subscriptions };
  };
  const publish = async (...words: string[]) => {
    for (const word of words) await channel.publish("word", word);
    clock.advance(0);
  };
  return { clock, channel, follow, publish };
}

const said = (reader: ScriptedReader) =>
  reader
    .read()
    .map(({ type, data }) => (type === "word" ? data : `[${type}${type === "snapshot" ? ` ${data}` : ""}]`));
const turns = async () => {
  for (let count = 0; count < 20; count++) await Promise.resolve();
};
/** What a reader has that was cut after `writes` writes. */
function cut({ sink }: ScriptedReader, writes: number): ScriptedReader {
  const reader = new ScriptedReader(new VirtualClock());
  for (const bytes of sink.written.slice(0, writes)) reader.sink.write(bytes);
  reader.read();
  return reader;
}

test("who comes new, or has lost something, gets the state, and then what follows", async () => {
  let state = 0;
  const { follow, publish } = open(() => state);
  const { reader } = follow();
  await publish("a");
  assert.deepEqual(said(reader), ["[snapshot 0]", "a"]);
  const { lastEventId } = reader;
  await publish("b");
  const resumed = follow(lastEventId).reader;
  await publish("c");
  assert.deepEqual(said(resumed), ["b", "c"]);
  await publish("d", "e", "f");
  state = 7;
  const [gap, reset] = [follow(lastEventId).reader, follow("nonsense").reader];
  await publish("g");
  assert.deepEqual(said(gap), ["[gap]", "[snapshot 7]", "g"]);
  assert.deepEqual(said(reset), ["[reset]", "[snapshot 7]", "g"]);
});

test("many who come while it is made share one, and all miss nothing of what was published meanwhile", async () => {
  const state = defer<string>();
  let calls = 0;
  const { clock, follow, publish } = open(() => {
    calls++;
    return state.promise;
  });
  const readers: ScriptedReader[] = [];
  for (const word of ["a", "b"]) {
    readers.push(follow().reader, follow("nonsense").reader);
    await publish(word);
  }
  state.resolve("state");
  await turns();
  clock.advance(0);
  const all = ["[snapshot state]", "a", "b"];
  assert.deepEqual(readers.map(said), [all, ["[reset]", ...all], all, ["[reset]", ...all]]);
  assert.equal(calls, 1);
});

test("a reader that leaves while it is made is sent nothing, and nothing is left of it", async () => {
  const state = defer<string>();
  const { clock, channel, follow } = open(() => state.promise);
  const { reader } = follow();
  const { writes } = reader;
  reader.sink.leave();
  state.resolve("state");
  await turns();
  assert.deepEqual([reader.writes, channel.size, clock.timers], [writes, 0, 0]);
});

test("one that takes longer than the log keeps what follows it is told of as a loss", async () => {
  let state = defer<string>();
  const { clock, follow, publish } = open(() => state.promise);
  const { reader } = follow();
  await publish("a", "b", "c", "d", "e");
  state.resolve("old");
  state = defer();
  await turns();
  clock.advance(0);
  state.resolve("new");
  await turns();
  clock.advance(0);
  await publish("f");
  assert.deepEqual(said(reader), ["[snapshot old]", "[gap]", "[snapshot new]", "f"]);
});

for (const [how, make] of [
  ["throws", () => assert.fail("down")],
  ["rejects", () => Promise.reject(new Error("down"))],
  ["gives what JSON can't say", () => 1n],
] as const) {
  test(`one that ${how} ends the stream, after which its reader comes new again`, async () => {
    const { channel, follow } = open(make);
    const heard: string[] = [];
    for (const type of ["subscribe", "error", "unsubscribe"] as const)
      channel.addEventListener(type, () => heard.push(type));
    const { reader } = follow();
    await turns();
    assert.equal(reader.target.closeReason, "error");
    assert.deepEqual(heard, ["subscribe", "error", "unsubscribe"]);
    assert.equal(cut(reader, reader.writes).lastEventId, "");
  });
}

const PARTS = ["1", "2", "3"].map((part) => new ServerSentEvent("part", part + "x".repeat(2000)));

test("a reader is nowhere until it has the whole state", async () => {
  const { clock, channel, follow, publish } = open(() => PARTS);
  const other = new Channel<Events>("other", { clock });
  const { reader } = follow("", [channel, other]);
  reader.target.dispatchEvent(new ServerSentEvent("direct", "", { id: "mine" }));
  await publish("a");
  while (reader.sink.bufferedBytes > 0) {
    reader.sink.read();
    clock.advance(0);
  }
  let whole = 0;
  for (let writes = 0; writes <= reader.writes; writes++) {
    const { events, lastEventId } = cut(reader, writes);
    const parts = events.filter(({ type }) => type === "part").length;
    const [subscription] = follow(lastEventId).subscriptions;
    assert.equal(
      subscription?.outcome === "resumed",
      parts === PARTS.length,
      `${parts} parts, ${lastEventId}`,
    );
    if (parts === PARTS.length) whole++;
  }
  assert.ok(whole >= 2);
});

test("who loses something keeps the old place until it has the whole state", async () => {
  const { clock, channel, follow, publish } = open(() => PARTS);
  const first = follow().reader;
  while (first.sink.bufferedBytes > 0) first.read();
  await publish("a", "b", "c", "d", "e");
  const other = new Channel<Events>("other", { clock });
  const { reader } = follow(first.lastEventId, [channel, other]);
  const half = cut(reader, reader.writes);
  assert.ok(half.events.filter(({ type }) => type === "part").length < PARTS.length);
  assert.notEqual(half.lastEventId, "", "the other channel has told its place");
  assert.equal(follow(half.lastEventId).subscriptions[0]?.outcome, "gap");
});

test("a signed state is a place for its reader alone", async () => {
  const { channel, follow, publish } = open(() => "state", { keys: ["secret"] });
  const { reader, subscriptions } = follow();
  await subscriptions[0]?.ready;
  await publish("a");
  assert.deepEqual(said(reader), ["[snapshot state]", "a"]);
  const returned = new ScriptedReader(new VirtualClock(), { lastEventId: reader.lastEventId });
  assert.equal(await channel.subscribe(returned.target).ready, "resumed");
  const stranger = new ScriptedReader(new VirtualClock(), { lastEventId: reader.lastEventId });
  assert.equal(await channel.subscribe(stranger.target, { lease: { principal: "bob" } }).ready, "reset");
});
