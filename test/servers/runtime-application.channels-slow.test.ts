import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import type { LossNotice } from "../../src/channel/resume.ts";
import type { Subscription } from "../../src/channel/subscription.ts";
import { RawEvents } from "../support/raw-events.ts";
import { serveChannels } from "../support/serve-channels.ts";
import { eventually } from "../support/serving.ts";

const BLOCK = "x".repeat(16_000);
const MEBIBYTE = 2 ** 20;

/** Publishes numbered blocks, a few at a time, as fast as `level` follows, until `enough` says so; gives how many. */
async function publishUntil(
  channel: Channel,
  level: Subscription,
  enough: (count: number) => boolean,
  first = 0,
): Promise<number> {
  let count = first;
  while (!enough(count)) {
    assert.ok(count < 20_000, "the sockets between take more than this test thinks");
    for (let more = 0; more < 8; more++) await channel.publish("block", `${count++} ${BLOCK}`);
    await eventually(() => level.lag === 0);
  }
  return count;
}

function numbersOf(reader: RawEvents): number[] {
  return reader.data("block").map((data) => Number.parseInt(data, 10));
}

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** A reader that does not read, and one that does. */
async function slowAndQuick(t: TestContext, channel: Channel) {
  const served = await serveChannels(t, [channel]);
  const slow = await RawEvents.open(served.port, "/");
  await eventually(() => served.subscriptions.length === 1);
  slow.client.pause();
  const quick = await RawEvents.open(served.port, "/");
  await eventually(() => served.subscriptions.length === 2);
  const [behind, level] = served.subscriptions as [Subscription, Subscription];
  await level.ready;
  return { ...served, slow, quick, behind, level };
}

test("a reader that stops reading and goes on gets all, while its neighbour waits for nothing", async (t) => {
  const channel = new Channel("blocks", { history: { bytes: 400 * MEBIBYTE, events: 20_000 } });
  const { slow, quick, behind, level, errors } = await slowAndQuick(t, channel);
  const count = await publishUntil(channel, level, () => behind.lag > 300);
  await quick.until(() => numbersOf(quick).length === count);
  assert.equal(level.lag, 0);
  assert.ok(behind.lag > 300);
  assert.ok(behind.target.bufferedAmount < MEBIBYTE, "what it has not read stands in the log alone");
  slow.client.resume();
  await slow.until(() => slow.events.length === count);
  for (const reader of [slow, quick]) {
    assert.deepEqual(numbersOf(reader), numbers(0, count - 1));
    reader.destroy();
  }
  assert.deepEqual(errors, []);
});

test("a reader that stops reading for longer than the log keeps is told what it lost, and goes on", async (t) => {
  const channel = new Channel("blocks", { history: { events: 50 } });
  const { slow, quick, behind, level } = await slowAndQuick(t, channel);
  const count = await publishUntil(
    channel,
    level,
    () => behind.lag >= 50 && channel.metrics.log.events === 50,
  );
  // Further than what it still had to come.
  const more = await publishUntil(channel, level, (all) => all >= count + 120, count);
  await quick.until(() => numbersOf(quick).at(-1) === more - 1);
  assert.deepEqual(quick.data("gap"), [], "its neighbour lost nothing");
  slow.client.resume();
  await slow.until(() => numbersOf(slow).at(-1) === more - 1);
  const gaps = slow.data("gap").map((data) => JSON.parse(data) as LossNotice);
  assert.equal(gaps.length, 1);
  const at = slow.events.findIndex(({ type }) => type === "gap");
  const before = numbersOf(slow).slice(0, at);
  const after = numbersOf(slow).slice(at);
  assert.deepEqual(before, numbers(0, before.length - 1), "in order up to the gap");
  assert.deepEqual(after, numbers(more - 50, more - 1), "and all that is kept after it");
  assert.equal(gaps[0]?.reason, "trimmed");
  assert.equal(gaps[0]?.lost.after, slow.events[at - 1]?.lastEventId);
  assert.equal(gaps[0]?.lost.through, slow.events[at]?.lastEventId);
  for (const reader of [slow, quick]) reader.destroy();
});

test("a reader that is behind gets only the newest of each key; one that keeps up gets all", async (t) => {
  const channel = new Channel("states", { history: { bytes: 400 * MEBIBYTE, events: 20_000 } });
  const { slow, quick, behind, level } = await slowAndQuick(t, channel);
  const first = await publishUntil(channel, level, () => behind.lag > 0);
  for (let round = 0; round < 200; round++) {
    for (const key of ["ash", "oak"]) await channel.publish("state", `${key} ${round}`, { key });
  }
  const count = await publishUntil(channel, level, (all) => all > first, first);
  await quick.until(() => numbersOf(quick).at(-1) === count - 1);
  assert.equal(quick.data("state").length, 400);
  slow.client.resume();
  await slow.until(() => numbersOf(slow).at(-1) === count - 1);
  assert.deepEqual(slow.data("state"), ["ash 199", "oak 199"]);
  assert.deepEqual(numbersOf(slow), numbers(0, count - 1), "what has no key is never left out");
  for (const reader of [slow, quick]) reader.destroy();
});

test("a channel that closes slow readers tells them to come back, and they resume or are told", async (t) => {
  const channel = new Channel("blocks", {
    history: { events: 50 },
    slowReaders: "close",
    retryMs: [700, 800],
  });
  const { port, slow, quick, behind, level } = await slowAndQuick(t, channel);
  const count = await publishUntil(
    channel,
    level,
    () => behind.lag >= 50 && channel.metrics.log.events === 50,
  );
  const more = await publishUntil(channel, level, (all) => all >= count + 120, count);
  slow.client.resume();
  await slow.client.closed;
  slow.take();
  assert.match(slow.client.text.slice(-20), /\nretry: 7\d\d\n+$/);
  assert.equal(behind.target.signal.reason.code, "slow");
  const again = await RawEvents.open(port, "/", { lastEventId: slow.lastEventId });
  await again.until(() => numbersOf(again).at(-1) === more - 1);
  assert.equal(again.events[0]?.type, "gap");
  for (const reader of [quick, again]) reader.destroy();
});
