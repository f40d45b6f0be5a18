import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import type { LossNotice } from "../../src/channel/resume.ts";
import type { Subscription } from "../../src/channel/subscription.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import { startExample } from "../examples/example-process.ts";
import { RawEvents } from "../support/raw-events.ts";
import { runtime } from "../support/runtime-server.ts";
import { serveChannels } from "../support/serve-channels.ts";

/** Waits for an event of `type`, and leaves. */
async function leaveAfter(reader: RawEvents, type: string): Promise<void> {
  await reader.until(() => reader.data(type).length > 0);
  reader.destroy();
}

test("one connection follows several channels, and its one id resumes each of them", async (t) => {
  const [news, chat] = [new Channel("news"), new Channel("chat")];
  const { port } = await serveChannels(t, [news, chat]);
  const reader = await RawEvents.open(port, "/");
  await reader.until(() => reader.lastEventId.split("~").length === 2);
  await news.publish("news", "1");
  await chat.publish("chat", "1");
  await news.publish("news", "2");
  await chat.publish("end", "");
  await leaveAfter(reader, "end");
  assert.deepEqual([reader.data("news"), reader.data("chat")], [["1", "2"], ["1"]]);
  await chat.publish("chat", "2");
  await news.publish("news", "3");
  const again = await RawEvents.open(port, "/", { lastEventId: reader.lastEventId });
  await again.until(() => again.events.length === 2);
  assert.deepEqual([again.data("news"), again.data("chat")], [["3"], ["2"]]);
  assert.deepEqual(again.comments, ["", "resumed", "resumed"]);
  again.destroy();
});

test("one of several channels has lost something, and says so under its name; the other resumes", async (t) => {
  const [news, chat] = [new Channel("news"), new Channel("chat", { history: { events: 2 } })];
  const { port } = await serveChannels(t, [news, chat]);
  const reader = await RawEvents.open(port, "/");
  await reader.until(() => reader.lastEventId.split("~").length === 2);
  reader.destroy();
  await news.publish("news", "1");
  for (const text of ["1", "2", "3", "4"]) await chat.publish("chat", text);
  const again = await RawEvents.open(port, "/", { lastEventId: reader.lastEventId });
  await again.until(() => again.events.length === 4);
  const [notice] = again.data("gap").map((data) => JSON.parse(data) as LossNotice);
  assert.deepEqual([notice?.channel, notice?.reason], ["chat", "trimmed"]);
  assert.deepEqual([again.data("news"), again.data("chat")], [["1"], ["3", "4"]]);
  again.destroy();
});

test("a stream takes up channels and leaves them while it is open", async (t) => {
  const [news, chat] = [new Channel("news"), new Channel("chat")];
  const { port, subscriptions } = await serveChannels(t, [news]);
  const reader = await RawEvents.open(port, "/");
  await reader.until(() => reader.lastEventId !== "");
  const [first] = subscriptions as [Subscription];
  const second = chat.subscribe(first.target);
  await chat.publish("chat", "heard");
  await reader.until(() => reader.data("chat").length === 1);
  assert.equal(reader.lastEventId.split("~").length, 2);
  await second.close();
  await chat.publish("chat", "not heard");
  await news.publish("news", "heard");
  await reader.until(() => reader.data("news").length === 1);
  assert.deepEqual(reader.data("chat"), ["heard"]);
  assert.equal(reader.lastEventId, first.lastEventId);
  assert.equal(reader.lastEventId.split("~").length, 1);
  assert.deepEqual([news.size, chat.size], [1, 0]);
  reader.destroy();
});

test("an event dispatched on the stream itself moves no place, whatever its own id", async (t) => {
  const news = new Channel("news");
  const { port, subscriptions } = await serveChannels(t, [news]);
  const reader = await RawEvents.open(port, "/");
  await reader.until(() => reader.lastEventId !== "");
  const place = reader.lastEventId;
  const { target } = subscriptions[0] as Subscription;
  target.dispatchMessage("without an id");
  target.dispatchEvent(new ServerSentEvent("own", "with one", { id: "mine" }));
  await reader.until(() => reader.data("own").length === 1 && reader.lastEventId === place);
  assert.deepEqual(
    reader.events.map(({ data, lastEventId }) => [data, lastEventId]),
    [
      ["without an id", place],
      ["with one", "mine"],
    ],
  );
  reader.destroy();
});

test("a process that is killed and started again tells those who come back: reset", async (t) => {
  const start = async () => {
    const child = startExample("test/support/channel-process.ts", [], { runtime });
    t.after(() => child.end("SIGKILL"));
    const [, port] = await child.printed(/port (\d+)/);
    const publish = async (body: string) => {
      const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body });
      return response.text();
    };
    return { port: Number(port), publish, kill: () => child.end("SIGKILL") };
  };
  const before = await start();
  const primed = await RawEvents.open(before.port, "/");
  await primed.until(() => primed.lastEventId !== "");
  await before.publish("one");
  const reader = await RawEvents.open(before.port, "/", { lastEventId: primed.lastEventId });
  await reader.until(() => reader.data("word").length === 1);
  await before.kill();
  await Promise.all([primed.client.closed, reader.client.closed]);

  const after = await start();
  const kept = await after.publish("from the new life");
  for (const { lastEventId } of [primed, reader]) {
    const again = await RawEvents.open(after.port, "/", { lastEventId });
    await again.until(() => again.data("word").length === 1);
    const notices = again.data("reset").map((data) => JSON.parse(data) as LossNotice);
    assert.deepEqual(
      notices.map(({ channel, reason, lost }) => [channel, reason, lost.after]),
      [["words", "restarted", undefined]],
    );
    assert.deepEqual(again.data("word"), ["from the new life"]);
    assert.equal(again.lastEventId, kept);
    again.destroy();
  }
  await after.kill();
});
