import assert from "node:assert/strict";
import { test } from "node:test";
import { SocketWatch } from "../../src/servers/socket-watch.ts";
import { Heartbeat } from "../../src/sse/heartbeat.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

function watching(idleTimeout: number) {
  const clock = new VirtualClock();
  const heartbeat = new Heartbeat(clock);
  const done: string[] = [];
  const watch = new SocketWatch(
    { ping: () => done.push("ping"), terminate: () => done.push("terminate") },
    idleTimeout,
    heartbeat,
  );
  return { clock, heartbeat, done, watch };
}

test("half of the time it is silent, then it is pinged, and then given up", () => {
  const { clock, done } = watching(10);
  clock.advance(4900);
  assert.deepEqual(done, []);
  clock.advance(200);
  assert.deepEqual(done, ["ping"]);
  clock.advance(4700);
  assert.deepEqual(done, ["ping"]);
  clock.advance(400);
  assert.deepEqual(done, ["ping", "terminate"]);
});

test("an answer is enough, again and again", () => {
  const { clock, done, watch, heartbeat } = watching(10);
  for (let round = 0; round < 5; round++) {
    clock.advance(5200);
    watch.heard();
  }
  assert.ok(done.length >= 4 && done.every((word) => word === "ping"), String(done));
  watch.stop();
  assert.equal(heartbeat.size, 0);
});

test("a time of 0 is for ever", () => {
  assert.equal(watching(0).heartbeat.size, 0);
});
