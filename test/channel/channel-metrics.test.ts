import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedReader } from "../support/scripted-reader.ts";

test("a channel counts what it did, and what it has", async () => {
  const clock = new VirtualClock();
  const channel = new Channel<Record<string, unknown>>("a", { clock });
  const [one, two] = [new ScriptedReader(clock), new ScriptedReader(clock)];
  channel.subscribe(one.target);
  channel.subscribe(two.target);
  await channel.publish("x", "1");
  await channel.publish("x", "2");
  await channel.publish("a\nb", "3").catch(() => undefined);
  clock.advance(0);
  two.sink.leave();
  const { deliveredBytes, log, ...metrics } = channel.metrics;
  assert.deepEqual(metrics, {
    channel: "a",
    subscriptions: 1,
    subscribed: 2,
    ended: { disconnect: 1 },
    outcomes: { new: 2, resumed: 0, gap: 0, reset: 0 },
    published: 2,
    refused: 1,
    delivered: 4,
    maxLag: 0,
    broker: { connected: true, pending: 0, lag: 0, errors: 0, lastError: undefined },
  });
  assert.equal(log.events, 2);
  assert.equal(deliveredBytes, 2 * log.bytes);
});

test("how far a reader ever was behind is kept", async () => {
  const clock = new VirtualClock();
  const channel = new Channel<Record<string, unknown>>("a", { clock });
  const reader = new ScriptedReader(clock);
  const subscription = channel.subscribe(reader.target);
  await channel.publish("x", "x".repeat(5000));
  clock.advance(0);
  for (let count = 0; count < 10; count++) await channel.publish("x", "y");
  assert.equal(subscription.lag, 10);
  reader.read();
  clock.advance(0);
  assert.equal(subscription.lag, 0);
  assert.equal(channel.metrics.maxLag, 10);
});
