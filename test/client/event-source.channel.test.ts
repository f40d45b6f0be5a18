import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../src/channel/channel.ts";
import { EventSource } from "../../src/client/event-source.ts";
import { subscribe } from "../../src/client/subscribe.ts";
import { quietApp, serve } from "../support/serving.ts";
import { logOf } from "../support/source-log.ts";

/** Serves channels, the newest of which is followed. */
async function serving(history: { events?: number } = {}) {
  const app = quietApp();
  const channels = [new Channel("prices", { history, retryMs: [0, 0] })];
  app.use((ctx) => channels.at(-1)?.stream(ctx));
  const { port, stop } = await serve(app);
  return { channels, url: `http://127.0.0.1:${port}/`, stop };
}

test("a channel of ours: new, resumed, gap and reset, and each event once", async () => {
  const { channels, url, stop } = await serving({ events: 3 });
  const channel = channels[0] as Channel;
  const states: string[] = [];
  // Lets the test choose when a connection ends, and when the next begins.
  let cut = () => {};
  let next = Promise.resolve();
  const source = new EventSource(url, {
    fetch: async (address, init) => {
      await next;
      const controller = new AbortController();
      cut = () => controller.abort();
      const signal = AbortSignal.any([init.signal as AbortSignal, controller.signal]);
      return fetch(address, { ...init, signal });
    },
    clock: {
      now: () => Date.now(),
      after: (ms, callback) => {
        const timer = setTimeout(callback, Math.min(ms, 2000) / 100);
        return () => clearTimeout(timer);
      },
    },
  });
  source.onresume = ({ state }) => states.push(state);
  const log = logOf(source);
  await log.until("resume new");
  await channel.publish("message", "1");
  await log.until("message 1");

  const cutFor = async (meanwhile: () => Promise<unknown>) => {
    let go = () => {};
    next = new Promise<void>((resolve) => {
      go = resolve;
    });
    cut();
    await meanwhile();
    go();
  };
  await cutFor(() => channel.publish("message", "2"));
  await log.until("message 2");
  assert.deepEqual(states, ["new", "resumed"]);

  await cutFor(() => Promise.all(["3", "4", "5", "6", "7"].map((data) => channel.publish("message", data))));
  await log.until("message 7");
  assert.deepEqual(states, ["new", "resumed", "gap"]);

  await cutFor(async () => {
    channels.push(new Channel("prices", { retryMs: [0, 0] }));
    await channels[1]?.publish("message", "8");
  });
  await log.until("message 8");
  assert.deepEqual(states, ["new", "resumed", "gap", "reset"]);
  const data = log.messages.map((message) => message.data);
  assert.deepEqual(data, ["1", "2", "5", "6", "7", "8"], "what the log still kept, once");
  source.close();
  await stop();
});

test("a channel of ours in a loop", async () => {
  const { channels, url, stop } = await serving();
  const subscription = subscribe<{ price: { cents: number } }>(url, {
    json: true,
    onResume: () => void channels[0]?.publish("price", { cents: 1210 }),
  });
  for await (const { data } of subscription) {
    assert.equal(data.cents, 1210);
    break;
  }
  assert.equal(subscription.stream.resumeState, "new");
  await stop();
});
