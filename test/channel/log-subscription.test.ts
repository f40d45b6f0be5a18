import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import type { ChannelOptions } from "../../src/channel/channel-options.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

type Events = Record<string, unknown>;

function open(options: ChannelOptions<Events, unknown> = {}, clock = new VirtualClock()) {
  const channel = new Channel<Events>("words", { clock, random: () => 0.5, ...options });
  const publish = async (...words: string[]) => {
    for (const word of words) await channel.publish("word", word);
    clock.advance(0);
  };
  const read = (lastEventId = "", follow: Parameters<typeof channel.subscribe>[1] = {}) => {
    const reader = new ScriptedReader(clock, { lastEventId });
    const subscription = channel.subscribe(reader.target, follow);
    clock.advance(0);
    return { reader, subscription };
  };
  return { clock, channel, publish, read };
}

const data = (reader: ScriptedReader) => reader.read().map((event) => event.data);
const settle = async () => {
  for (let count = 0; count < 20; count++) await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 1));
};

test("a reader that comes new gets what comes after it, and is primed before", async () => {
  const { publish, read } = open();
  await publish("before");
  const { reader, subscription } = read();
  assert.equal(subscription.outcome, "new");
  assert.deepEqual(data(reader), []);
  assert.equal(reader.lastEventId, subscription.lastEventId);
  await publish("after");
  assert.deepEqual(data(reader), ["after"]);
});

test("since begins at the oldest event, or after an id, for who brings none", async () => {
  const { channel, publish, read } = open();
  await publish("one", "two");
  const id = await channel.lastEventId();
  await publish("three");
  assert.deepEqual(data(read("", { since: "earliest" }).reader), ["one", "two", "three"]);
  assert.deepEqual(data(read("", { since: id }).reader), ["three"]);
  const { reader } = read("", {});
  data(reader);
  assert.deepEqual(data(read(reader.lastEventId, { since: "earliest" }).reader), []);
});

test("what the log has dropped is told by an event with the range, and what is kept follows", async () => {
  const { publish, read } = open({ history: { events: 2 } });
  const { reader: first } = read();
  data(first);
  await publish("a", "b", "c", "d");
  const { reader, subscription } = read(first.lastEventId);
  const [gap, ...rest] = reader.read();
  assert.equal(subscription.outcome, "gap");
  assert.equal(gap?.type, "gap");
  const { channel, reason, lost } = JSON.parse(gap?.data ?? "");
  assert.deepEqual(
    { channel, reason, after: lost.after },
    { channel: "words", reason: "trimmed", after: first.lastEventId },
  );
  assert.equal(lost.through, gap?.lastEventId);
  assert.deepEqual(
    rest.map((event) => event.data),
    ["c", "d"],
  );
});

test("an id of another life, or of nobody, is told as a reset", async () => {
  const { reader: old } = open().read();
  data(old);
  const { publish, read } = open();
  await publish("a");
  for (const [id, reason] of [
    [old.lastEventId, "restarted"],
    ["42", "unknown"],
  ] as const) {
    const { reader, subscription } = read(id);
    const [reset, ...rest] = reader.read();
    assert.equal(subscription.outcome, "reset");
    assert.equal(reset?.type, "reset");
    assert.equal(JSON.parse(reset?.data ?? "").reason, reason);
    assert.deepEqual(
      rest.map((event) => event.data),
      ["a"],
    );
  }
});

for (const [slowReaders, expected] of [
  ["gap", ["[gap]", "y", "z"]],
  ["latest", ["[gap]"]],
] as const) {
  test(`a reader that falls off the log is told, and goes on by ${slowReaders}`, async () => {
    const { clock, publish, read } = open({ slowReaders, history: { events: 2 } });
    const { reader } = read();
    data(reader);
    await publish("x".repeat(2000));
    await publish("lost", "lost too", "y", "z");
    data(reader);
    clock.advance(0);
    const words = reader.read().map((event) => (event.type === "gap" ? "[gap]" : event.data));
    assert.deepEqual(words, expected);
    await publish("more");
    assert.deepEqual(data(reader), ["more"]);
  });
}

test("by close its stream ends, and it is told when to come back", async () => {
  const { clock, publish, read } = open({
    slowReaders: "close",
    history: { events: 2 },
    retryMs: [100, 200],
  });
  const { reader } = read();
  data(reader);
  await publish("x".repeat(2000));
  await publish("a", "b", "c");
  data(reader);
  clock.advance(0);
  reader.read();
  assert.equal(reader.target.closeReason, "slow");
  assert.equal(reader.retryMs, 150);
});

test("a filter leaves events out, and its reader is told its place now and then", async () => {
  const { publish, read } = open({ history: { events: 16 } });
  const { reader } = read("", { filter: (event) => event.data === "yes" });
  data(reader);
  const primed = reader.lastEventId;
  await publish("no", "yes", "no");
  assert.deepEqual(data(reader), ["yes"]);
  for (let count = 0; count < 20; count++) await publish("no");
  assert.deepEqual(data(reader), []);
  assert.notEqual(reader.lastEventId, primed);
  assert.deepEqual(data(read(reader.lastEventId).reader).at(0), "no");
});

test("a map changes what is sent, under the same id", async () => {
  const { publish, read } = open();
  const { reader } = read("", {
    map: ({ data: word }) => {
      if (word === "drop") return undefined;
      return word === "own" ? new ServerSentEvent("other", "event") : { word };
    },
  });
  const { reader: plain } = read();
  data(reader);
  data(plain);
  await publish("a", "drop", "own");
  const events = reader.read();
  assert.deepEqual(
    events.map(({ type, data: text }) => [type, text]),
    [
      ["word", '{"word":"a"}'],
      ["other", "event"],
    ],
  );
  data(plain);
  assert.equal(events.at(-1)?.lastEventId, plain.lastEventId);
});

test("a filter that throws ends the stream, and the channel tells of it", async () => {
  const { channel, publish, read } = open();
  const errors: unknown[] = [];
  channel.addEventListener("error", (event) => errors.push(event.error));
  const error = new Error("bug");
  const { reader } = read("", {
    filter: () => {
      throw error;
    },
  });
  await publish("a");
  assert.equal(reader.target.closeReason, "error");
  assert.deepEqual(errors, [error]);
});

test("a direct event with an id does not change where its reader resumes", async () => {
  const { publish, read } = open();
  const { reader } = read();
  data(reader);
  const before = reader.lastEventId;
  reader.target.dispatchEvent(new ServerSentEvent("direct", "x", { id: "mine" }));
  reader.target.dispatchMessage("without");
  reader.read();
  assert.equal(reader.lastEventId, before);
  await publish("a");
  assert.deepEqual(data(read(before).reader), ["a"]);
});

test("signed ids are taken from their own reader alone", async () => {
  const lease = (principal: string) => ({ lease: { principal } });
  const { publish, read } = open({ keys: ["secret"] });
  const { reader, subscription } = read("", lease("ann"));
  assert.equal(await subscription.ready, "new");
  reader.read();
  const { lastEventId } = reader;
  await publish("a");
  for (const [id, who, outcome] of [
    [lastEventId, "ann", "resumed"],
    [lastEventId, "bob", "reset"],
    [lastEventId.split(".").slice(0, 2).join("."), "ann", "reset"],
    [`${lastEventId.slice(0, -2)}xx`, "ann", "reset"],
  ] as const) {
    assert.equal(await read(id, lease(who)).subscription.ready, outcome, `${id} by ${who}`);
  }
});

test("a lease that ends, or is not renewed, ends the stream", async () => {
  const { clock, read } = open({ leaseCheckMs: 1000 });
  let holds = true;
  const { reader: expiring } = read("", { lease: { expiresAt: clock.date() + 2500 } });
  const { reader: revoked } = read("", { lease: { revalidate: () => holds } });
  await settle();
  clock.advance(1000);
  await settle();
  assert.equal(revoked.target.closed, false);
  holds = false;
  clock.advance(1000);
  await settle();
  assert.equal(revoked.target.closeReason, "denied");
  assert.equal(expiring.target.closed, false);
  clock.advance(1000);
  await settle();
  assert.equal(expiring.target.closeReason, "expired");
});

test("it ends with its target, and leaves nothing behind", async () => {
  const { clock, channel, publish, read } = open();
  const { reader, subscription } = read();
  await publish("a");
  assert.equal(channel.size, 1);
  reader.sink.leave();
  assert.equal(subscription.closed, true);
  assert.equal(channel.size, 0);
  assert.equal(reader.target.feeder, undefined);
  clock.advance(600_000);
  assert.equal(clock.timers, 0);
});

test("closing it leaves the target open, and sends no more", async () => {
  const { publish, read } = open();
  const { reader, subscription } = read();
  await subscription.close();
  await publish("a");
  assert.deepEqual(data(reader), []);
  assert.equal(reader.target.closed, false);
  assert.equal(await subscription.ready, "new");
});
