import assert from "node:assert/strict";
import { test } from "node:test";
import { drainStreams } from "../../src/app/drain-streams.ts";
import { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { Heartbeat } from "../../src/sse/heartbeat.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";

/** Drains so many streams, and gives when each was closed. */
async function draining(count: number, windowMs: number) {
  const clock = new VirtualClock();
  const heartbeat = new Heartbeat(clock);
  const closedAt: number[] = [];
  const streams = Array.from({ length: count }, () => {
    const sink = new ScriptedSink();
    const target = new ServerSentEventStreamTarget({
      sink,
      heartbeat,
      keepAlive: false,
      stallTimeoutMs: 0,
      onEnd: () => {
        closedAt.push(clock.now());
        queueMicrotask(() => sink.read());
      },
    });
    return { sink, target };
  });
  let isOver = false;
  const drained = drainStreams(
    streams.map(({ target }) => target),
    windowMs,
    clock,
  ).then(() => {
    isOver = true;
  });
  assert.deepEqual(closedAt, [], "none before the turn is over");
  for (let ms = 0; !isOver; ms++) {
    clock.advance(ms === 0 ? 0 : 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await drained;
  return { closedAt, streams };
}

test("a few streams end at once", async () => {
  assert.deepEqual((await draining(20, 10_000)).closedAt, Array(20).fill(0));
});

test("many end one after another, each with a retry of its own", async () => {
  const { closedAt, streams } = await draining(400, 10_000);
  assert.equal(closedAt.length, 400);
  assert.equal(closedAt[0], 0);
  assert.ok((closedAt.at(-1) ?? 0) >= 360 && (closedAt.at(-1) ?? 0) <= 400, String(closedAt.at(-1)));
  for (let from = 0; from < 400; from += 100) {
    const within = closedAt.filter((at) => at >= from && at < from + 100);
    assert.ok(within.length >= 80 && within.length <= 120, `${within.length} from ${from} ms on`);
  }
  assert.ok(streams.every(({ target }) => target.closeReason === "shutdown"));
  const retries = streams.map(({ sink }) => Number(/^retry: (\d+)$/m.exec(sink.text)?.[1]));
  assert.ok(retries.every((retry) => retry >= 1000 && retry <= 5000));
  assert.ok(new Set(retries).size > 200, "they are not spread");
});

test("however many there are, all end within the window", async () => {
  const { closedAt } = await draining(1000, 100);
  assert.ok(Math.max(...closedAt) <= 100, String(Math.max(...closedAt)));
  assert.deepEqual((await draining(1000, 0)).closedAt, Array(1000).fill(0));
});

test("a stream that has ended by itself is passed over, and without any there is nothing to wait for", async () => {
  const target = new ServerSentEventStreamTarget({ sink: new ScriptedSink(), keepAlive: false });
  target.abort("close");
  await drainStreams([target], 100);
  assert.equal(target.closeReason, "close");
  await drainStreams([], 100);
});
