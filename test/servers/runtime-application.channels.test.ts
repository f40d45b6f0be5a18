import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import type { LossNotice } from "../../src/channel/resume.ts";
import { RawClient } from "../support/raw-client.ts";
import { RawEvents } from "../support/raw-events.ts";
import { serveChannels } from "../support/serve-channels.ts";

/** Publishes `count` events whose data are the numbers from `first` on; gives their ids. */
function publishNumbers(channel: Channel, first: number, count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) => channel.publish("number", String(first + index))),
  );
}

function numbers(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}

/** What the stream said of a loss. */
function notices(events: RawEvents, type: "gap" | "reset"): LossNotice[] {
  return events.data(type).map((data) => JSON.parse(data));
}

test("new: a reader without an id is told its place at once, and gets what is published from then on", async (t) => {
  const channel = new Channel("numbers");
  const { port } = await serveChannels(t, [channel]);
  const [, second] = await publishNumbers(channel, 1, 2);
  const reader = await RawEvents.open(port, "/");
  await reader.until(() => reader.lastEventId !== "");
  assert.equal(reader.lastEventId, second, "the place after which it begins");
  assert.deepEqual(reader.events, [], "the place is no event");
  assert.deepEqual(reader.comments, ["", "new"]);
  await publishNumbers(channel, 3, 2);
  await reader.until(() => reader.data("number").length === 2);
  assert.deepEqual(reader.data("number"), numbers(3, 4));
  reader.destroy();
});

test("resumed: a reader goes on after its last event, also one that was cut before its first", async (t) => {
  const channel = new Channel("numbers");
  const { port } = await serveChannels(t, [channel]);
  const first = await RawEvents.open(port, "/");
  await first.until(() => first.lastEventId !== "");
  first.destroy();
  await publishNumbers(channel, 1, 3);
  const second = await RawEvents.open(port, "/", { lastEventId: first.lastEventId });
  await second.until(() => second.data("number").length === 3);
  assert.deepEqual(second.data("number"), numbers(1, 3));
  assert.deepEqual(second.comments, ["", "resumed"]);
  const middle = second.events[1]?.lastEventId ?? "";
  const third = await RawEvents.open(port, `/?lastEventId=${middle}`);
  await publishNumbers(channel, 4, 1);
  await third.until(() => third.data("number").length === 2);
  assert.deepEqual(third.data("number"), numbers(3, 4), "by the query parameter as by the header");
  for (const reader of [second, third]) reader.destroy();
});

test("gap: a reader whose events are no longer kept is told what was lost, and gets what is kept", async (t) => {
  const channel = new Channel("numbers", { history: { events: 10 } });
  const { port } = await serveChannels(t, [channel]);
  const ids = await publishNumbers(channel, 1, 25);
  const lastEventId = ids[4] as string;
  for (const way of [
    { path: "/", init: { lastEventId } },
    { path: `/?lastEventId=${lastEventId}`, init: {} },
  ]) {
    const reader = await RawEvents.open(port, way.path, way.init);
    await reader.until(() => reader.data("number").length === 10);
    assert.deepEqual(notices(reader, "gap"), [
      { channel: "numbers", reason: "trimmed", lost: { after: lastEventId, through: ids[14] } },
    ]);
    assert.equal(reader.events[0]?.type, "gap", "it is told before anything else");
    assert.equal(reader.events[0]?.lastEventId, ids[14], "who is cut here does not hear of it again");
    assert.deepEqual(reader.data("number"), numbers(16, 25));
    reader.destroy();
  }
});

test("reset: a reader of another life of the log is told so, and gets what is kept", async (t) => {
  const before = new Channel("numbers");
  const [, id = ""] = await publishNumbers(before, 1, 2);
  await before.close();
  const channel = new Channel("numbers");
  const { port } = await serveChannels(t, [channel]);
  const [first] = await publishNumbers(channel, 1, 1);
  for (const way of [
    { path: "/", init: { lastEventId: id } },
    { path: `/?lastEventId=${id}`, init: {} },
  ]) {
    const reader = await RawEvents.open(port, way.path, way.init);
    await reader.until(() => reader.data("number").length === 1);
    const [{ channel: name, reason, lost }] = notices(reader, "reset") as [LossNotice];
    assert.deepEqual([name, reason, lost.after], ["numbers", "restarted", undefined]);
    assert.equal(reader.events[1]?.lastEventId, first);
    reader.destroy();
  }
});

test("the present state comes on new, gap and reset, and its id is that of the place that it stands for", async (t) => {
  let total = 0;
  const channel = new Channel("numbers", { history: { events: 2 } }).snapshot(() => ({ total }));
  const { port } = await serveChannels(t, [channel]);
  const ids = await publishNumbers(channel, 1, 5);
  total = 5;
  for (const [lastEventId, types] of [
    ["", ["snapshot"]],
    [ids[0] as string, ["gap", "snapshot"]],
    ["nonsense", ["reset", "snapshot"]],
    [ids[4] as string, []],
  ] as const) {
    const reader = await RawEvents.open(port, "/", { lastEventId });
    await reader.until(
      () => reader.lastEventId === ids[4] && reader.comments.length + reader.events.length > 1,
    );
    assert.deepEqual(
      reader.events.map(({ type }) => type),
      types,
    );
    assert.deepEqual(reader.data("snapshot"), types.length === 0 ? [] : ['{"total":5}']);
    reader.destroy();
  }
});

test("what one turn publishes leaves in one write", async (t) => {
  const channel = new Channel("numbers");
  const { port } = await serveChannels(t, [channel]);
  const client = await RawClient.get(port, "/");
  await client.until(/: new\nid: \S+\n\n/);
  await publishNumbers(channel, 1, 100);
  await client.until("data: 100\n\n");
  const chunks = client.text.slice(client.text.indexOf("\r\n\r\n") + 4).split(/(?:^|\r\n)[0-9a-f]+\r\n/);
  const full = chunks.filter((chunk) => chunk.includes("data: "));
  assert.equal(full.length, 1);
  assert.equal(full[0]?.match(/^data: \d+$/gm)?.length, 100);
  client.destroy();
});
