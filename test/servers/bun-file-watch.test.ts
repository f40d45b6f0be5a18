import assert from "node:assert/strict";
import { test } from "node:test";
import { BunFileWatch } from "../../src/servers/bun-file-watch.ts";
import { Heartbeat } from "../../src/sse/heartbeat.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

function watching() {
  const clock = new VirtualClock();
  const heartbeat = new Heartbeat(clock);
  const exchange = {
    over: false,
    isOver: () => exchange.over,
    cuts: [] as number[],
    cutAfter: (seconds: number) => void exchange.cuts.push(seconds),
  };
  const watch = new BunFileWatch(exchange, heartbeat);
  let isOver = false;
  void watch.over.then(() => {
    isOver = true;
  });
  return { clock, heartbeat, exchange, watch, isOver: () => Promise.resolve().then(() => isOver) };
}

test("what is over at the first look needs no second", async () => {
  const { heartbeat, exchange, watch, isOver } = watching();
  exchange.over = true;
  watch.beat();
  assert.deepEqual([await isOver(), heartbeat.size, exchange.cuts], [true, 0, []]);
});

test("a slow reader is given time again and again, until it is over", async () => {
  const { clock, heartbeat, exchange, watch, isOver } = watching();
  watch.beat();
  assert.deepEqual([heartbeat.size, exchange.cuts], [1, [8]]);
  for (let second = 0; second < 60; second++) {
    const before = exchange.cuts.length;
    clock.advance(1000);
    // Its time never runs out between two looks.
    assert.ok(exchange.cuts.length > before);
  }
  assert.equal(await isOver(), false);
  exchange.over = true;
  const { length } = exchange.cuts;
  clock.advance(250);
  assert.deepEqual([await isOver(), heartbeat.size, exchange.cuts.length], [true, 0, length]);
});
