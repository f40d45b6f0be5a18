import assert from "node:assert/strict";
import { test } from "node:test";
import { RuntimeApplication } from "../../src/servers/runtime-application.ts";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { RawClient } from "../support/raw-client.ts";
import { eventually, serve } from "../support/serving.ts";

const BLOCK = new TextEncoder().encode(`data: ${"x".repeat(32_768)}\n\n`);

/** Two streams, of which the first is never read. */
async function withOneDeaf(stallTimeoutMs: number) {
  const app = new RuntimeApplication({ events: { stallTimeoutMs, keepAlive: false } });
  const targets: ServerSentEventStreamTarget[] = [];
  app.use((ctx) => void targets.push(ctx.sendEvents()));
  const { port, stop } = await serve(app);
  const deaf = await RawClient.get(port, "/deaf");
  await eventually(() => targets.length === 1);
  deaf.pause();
  const other = await RawClient.get(port, "/other");
  await eventually(() => targets.length === 2);
  const [silent, hearing] = targets as [ServerSentEventStreamTarget, ServerSentEventStreamTarget];
  const end = () => {
    deaf.destroy();
    other.destroy();
    return stop();
  };
  return { app, silent, hearing, other, end };
}

test("a reader who never reads what it is fed is given up; its neighbour is not", async () => {
  const { app, silent, hearing, other, end } = await withOneDeaf(300);
  const told: string[] = [];
  silent.feeder = {
    drained: () => undefined,
    overridden: () => undefined,
    ended: ({ code }) => told.push(code),
  };
  while (silent.feed(BLOCK)) await new Promise((resolve) => setTimeout(resolve, 0));
  assert.ok(silent.bufferedAmount > 0);
  await eventually(() => silent.closed);
  assert.deepEqual([silent.closeReason, told], ["stall", ["stall"]]);
  await eventually(() => silent.bufferedAmount === 0);
  assert.equal(hearing.dispatchMessage("the end"), true);
  await other.until("data: the end\n\n");
  assert.deepEqual(app.metrics.streams.closed, { stall: 1 });
  await end();
});

test("so is one to whom events are dispatched, well before they overflow", async () => {
  const { silent, hearing, end } = await withOneDeaf(300);
  while (silent.bufferedAmount < 200_000) {
    silent.dispatchMessage("x".repeat(32_768));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await eventually(() => silent.closed);
  assert.deepEqual([silent.closeReason, hearing.closed], ["stall", false]);
  await end();
});
