import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import { connectDiagnostics } from "../../src/servers/node-diagnostics.ts";
import { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { Heartbeat } from "../../src/sse/heartbeat.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { RawClient } from "../support/raw-client.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";
import { eventually, quietApp, serve } from "../support/serving.ts";

/** What the tests look at in messages. */
interface Told {
  target?: unknown;
  reason?: string;
}

/** What was heard on the topics, until the end of the test. */
function hearing(...topics: string[]) {
  const heard: { topic: string; message: Told }[] = [];
  const listener = (message: unknown, topic: string | symbol) =>
    heard.push({ topic: String(topic), message: message as Told });
  for (const topic of topics) subscribe(topic, listener);
  const stop = () => topics.forEach((topic) => void unsubscribe(topic, listener));
  return { heard, stop };
}

test("a server that listens tells of its streams", async () => {
  const { heard, stop: deafen } = hearing("dodona:stream:open", "dodona:stream:close");
  const app = quietApp();
  app.use((ctx) => void ctx.sendEvents());
  const { port, stop } = await serve(app);
  const client = await RawClient.get(port, "/");
  await client.until("\r\n\r\n");
  client.destroy();
  await eventually(() => heard.length === 2);
  await stop();
  deafen();
  assert.deepEqual(
    heard.map(({ topic, message: { reason } }) => [topic, reason]),
    [
      ["dodona:stream:open", undefined],
      ["dodona:stream:close", "disconnect"],
    ],
  );
  assert.equal(heard[0]?.message.target, heard[1]?.message.target);
});

test("a channel tells of what is published, of its readers, and of what they lose", async () => {
  connectDiagnostics();
  connectDiagnostics();
  const { heard, stop } = hearing(
    ...["publish", "subscribe", "unsubscribe", "loss"].map((name) => `dodona:channel:${name}`),
  );
  const clock = new VirtualClock();
  const channel = new Channel<{ price: number }>("prices", { clock, history: { events: 1 } });
  const first = new ScriptedReader(clock);
  const subscription = channel.subscribe(first.target);
  clock.advance(0);
  first.read();
  first.sink.leave();
  const ids = [await channel.publish("price", 1), await channel.publish("price", 2)];
  const second = channel.subscribe(new ScriptedReader(clock, { lastEventId: first.lastEventId }).target);
  void channel.close();
  stop();
  const of = { channel: "prices" };
  assert.deepEqual(heard, [
    { topic: "dodona:channel:subscribe", message: { ...of, subscription } },
    { topic: "dodona:channel:unsubscribe", message: { ...of, subscription, reason: "disconnect" } },
    { topic: "dodona:channel:publish", message: { ...of, type: "price", id: ids[0] } },
    { topic: "dodona:channel:publish", message: { ...of, type: "price", id: ids[1] } },
    { topic: "dodona:channel:subscribe", message: { ...of, subscription: second } },
    { topic: "dodona:channel:loss", message: { ...of, subscription: second, reason: "trimmed" } },
    { topic: "dodona:channel:unsubscribe", message: { ...of, subscription: second, reason: "shutdown" } },
  ]);
});

test("a target that has ended is followed by nobody", () => {
  connectDiagnostics();
  const { heard, stop } = hearing("dodona:channel:subscribe", "dodona:channel:unsubscribe");
  const channel = new Channel("prices");
  const events: string[] = [];
  for (const type of ["subscribe", "unsubscribe"] as const)
    channel.addEventListener(type, (event) => events.push(event.type));
  const target = new ServerSentEventStreamTarget({
    sink: new ScriptedSink(),
    heartbeat: new Heartbeat(new VirtualClock()),
    refusal: "refused",
  });
  const subscription = channel.subscribe(target);
  stop();
  assert.deepEqual([subscription.closed, channel.size, channel.metrics.subscribed], [true, 0, 0]);
  assert.deepEqual([heard, events], [[], []]);
});
