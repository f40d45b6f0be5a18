import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { RawClient } from "../support/raw-client.ts";
import { eventually, quietApp, serve } from "../support/serving.ts";

const CONNECTIONS = 10_000;
const AT_ONCE = 100;
/** What may be left of each connection, in bytes of heap: far below anything that belongs to one. */
const LEFT_BYTES = 100;

/** Collects garbage, by the runtime's own way. */
function collector(): () => void {
  const bun = (globalThis as { Bun?: { gc(force: boolean): void } }).Bun;
  if (bun !== undefined) return () => bun.gc(true);
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}

/** How many timers the process has, where it can tell. */
function timers(): number {
  return process.getActiveResourcesInfo?.().filter((name) => name === "Timeout").length ?? 0;
}

async function settledHeap(collect: () => void): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collect();
    least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
}

test("ten thousand connections, opened and closed, leave nothing behind", async () => {
  const app = quietApp();
  let open = 0;
  let opened = 0;
  const warnings: unknown[] = [];
  const onWarning = (warning: unknown) => warnings.push(warning);
  process.on("warning", onWarning);
  app.use((ctx) => {
    const target: ServerSentEventStreamTarget = ctx.sendEvents();
    opened++;
    open++;
    target.addEventListener("close", () => {
      open--;
    });
    target.dispatchMessage(opened);
  });
  const { port, stop } = await serve(app);

  async function visit(count: number): Promise<void> {
    for (let done = 0; done < count; done += AT_ONCE) {
      const clients = await Promise.all(Array.from({ length: AT_ONCE }, () => RawClient.get(port, "/")));
      await Promise.all(clients.map((client) => client.until("data: ")));
      for (const [index, client] of clients.entries()) index % 2 === 0 ? client.destroy() : client.reset();
      await Promise.all(clients.map(({ closed }) => closed));
    }
    await eventually(() => open === 0);
  }

  const collect = collector();
  await visit(2000);
  const before = { heap: await settledHeap(collect), timers: timers() };
  await visit(CONNECTIONS);
  const after = { heap: await settledHeap(collect), timers: timers() };
  assert.equal(opened, CONNECTIONS + 2000);
  assert.deepEqual(warnings, []);
  assert.ok(after.timers <= before.timers, `${after.timers} timers, ${before.timers} before`);
  const left = (after.heap - before.heap) / CONNECTIONS;
  assert.ok(left < LEFT_BYTES, `${left.toFixed(1)} bytes of heap are left of each connection`);
  process.off("warning", onWarning);
  await stop();
});
