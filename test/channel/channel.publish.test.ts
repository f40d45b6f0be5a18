import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import type { ChannelOptions } from "../../src/channel/channel-options.ts";
import type { StandardSchema } from "../../src/channel/event-schema.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { defer } from "../support/deferred.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

type Events = Record<string, unknown>;

function open(options: ChannelOptions<Events, unknown> = {}) {
  const clock = new VirtualClock();
  const channel = new Channel<Events>("news", { clock, ...options });
  const reader = new ScriptedReader(clock);
  channel.subscribe(reader.target);
  const read = () => {
    clock.advance(0);
    return reader.read();
  };
  return { clock, channel, reader, read };
}

function schema(validate: StandardSchema["~standard"]["validate"]): StandardSchema {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

test("publish resolves with the id that readers see", async () => {
  const { channel, read } = open();
  const ids = [await channel.publish("a", 1), await channel.publish(new ServerSentEvent("b", "2"))];
  assert.deepEqual(
    read().map(({ type, data, lastEventId }) => [type, data, lastEventId]),
    [
      ["a", "1", ids[0]],
      ["b", "2", ids[1]],
    ],
  );
  assert.equal(await channel.lastEventId(), ids[1]);
});

test("what can't be published is refused by a rejection, and nobody hears of it", async () => {
  const { channel, read } = open({ history: { bytes: 1000 }, noticeTypes: { gap: "lost" } });
  const refused: [unknown[], RegExp][] = [
    [["a\nb", 1], /^TypeError: Cannot frame event type "a\\nb"/],
    [[7, 1], /^TypeError: Cannot frame event type/],
    [["a", 1n], /^TypeError: Cannot serialize the data/],
    [["lost", 1], /^TypeError: Cannot publish an event of type "lost": it tells readers of a loss/],
    [[new ServerSentEvent("reset", "")], /^TypeError: Cannot publish an event of type "reset"/],
    [[new ServerSentEvent("a", "", { id: "7" })], /with the id "7": ids are given by the channel's log/],
    [["a", 1, { key: "" }], /^TypeError: Cannot publish an event with the key ""/],
    [["a", 1, { idempotencyKey: "k".repeat(257) }], /idempotencyKey has not 1 to 256 characters/],
    [["a", "x".repeat(1000)], /^RangeError: Cannot append an event of \d+ bytes: the log is limited to 1000/],
  ];
  const publish = channel.publish.bind(channel) as (...args: unknown[]) => Promise<string>;
  for (const [args, message] of refused) await assert.rejects(publish(...args), message);
  await channel.publish("gap", "this channel's losses are called otherwise");
  assert.deepEqual(
    read().map(({ type }) => type),
    ["gap"],
  );
  assert.deepEqual([channel.metrics.published, channel.metrics.refused], [1, refused.length]);
});

test("a closed channel takes nothing, and follows nobody", async () => {
  const { clock, channel, reader } = open();
  const closing = channel[Symbol.asyncDispose]();
  reader.read();
  await closing;
  assert.equal(reader.target.closeReason, "shutdown");
  await assert.rejects(channel.publish("a", 1), new Error('Cannot publish to channel "news": it is closed'));
  assert.throws(
    () => channel.subscribe(new ScriptedReader(clock).target),
    new TypeError('Cannot subscribe to channel "news": it is closed'),
  );
  assert.equal(clock.timers, 0);
});

test("a schema that refuses early lets nobody past one who waits", async () => {
  const gate = defer();
  const slow = schema(async (value) => {
    await gate.promise;
    return { value };
  });
  const bad = schema(async () => ({ issues: [{ message: "no" }] }));
  const { channel, read } = open({ schemas: { slow, bad } });
  const first = channel.publish("slow", "1");
  await assert.rejects(
    channel.publish("bad", "2"),
    /^EventSchemaError: Cannot publish an event of type "bad": no$/,
  );
  const last = channel.publish("fast", "3");
  gate.resolve();
  await Promise.all([first, last]);
  assert.deepEqual(
    read().map(({ data }) => data),
    ["1", "3"],
  );
});

test("what a schema throws is the publisher's, and the next is published at once", async () => {
  const fails = schema(() => {
    throw new Error("broken");
  });
  const rejects = schema(() => Promise.reject(new Error("broken later")));
  const { channel, read } = open({ schemas: { fails, rejects } });
  await assert.rejects(channel.publish("fails", 1), /^Error: broken$/);
  await assert.rejects(channel.publish("rejects", 1), /^Error: broken later$/);
  void channel.publish("fine", "at once");
  assert.equal(read()[0]?.data, "at once");
});

test("one idempotency key is one event", async () => {
  const { channel, read } = open();
  const once = { idempotencyKey: "order 7" };
  const ids = [await channel.publish("a", 1, once), await channel.publish("a", 1, once)];
  assert.equal(ids[0], ids[1]);
  assert.equal(read().length, 1);
});

test("any text arrives as it was", async () => {
  const { channel, read } = open();
  const texts = ["", "ünï ☃ 🎈", " leading", "a\n\nb\n", "\u2028", ": not a comment", "\ud800"];
  for (const text of texts) await channel.publish("ünï", text);
  // UTF-8 has no half of a pair.
  const expected = texts.map((text) => text.replace("\ud800", "\ufffd"));
  assert.deepEqual(
    read().map(({ data }) => data),
    expected,
  );
});
