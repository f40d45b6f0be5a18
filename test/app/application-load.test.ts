import assert from "node:assert/strict";
import { test } from "node:test";
import { ApplicationLoad } from "../../src/app/application-load.ts";
import type { InFlight } from "../../src/app/in-flight.ts";
import { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";

function streamIn(inFlight: InFlight) {
  const target = new ServerSentEventStreamTarget({
    sink: new ScriptedSink(),
    keepAlive: false,
    onEnd: inFlight.forget,
  });
  inFlight.stream(target);
  return target;
}

test("what all listeners have is added up", () => {
  const load = new ApplicationLoad();
  const [first, second] = [load.open(), load.open()];
  first.begin();
  second.begin();
  second.begin();
  second.end();
  const targets = [streamIn(first), streamIn(second)];
  const { requests, streams, sockets } = load.metrics;
  assert.deepEqual(requests, { active: 2, handled: 1 });
  assert.deepEqual([streams.open, streams.accepted, sockets.open], [2, 2, 0]);
  assert.equal(streams.sentBytes, (targets[0]?.sentBytes ?? 0) + (targets[1]?.sentBytes ?? 0));
});

test("what a listener counted stays when it is gone", () => {
  const load = new ApplicationLoad();
  const listener = load.open();
  listener.begin();
  listener.end();
  const target = streamIn(listener);
  load.close(listener);
  load.close(listener);
  target.abort("shutdown");
  const { requests, streams } = load.metrics;
  assert.deepEqual(requests, { active: 0, handled: 1 });
  assert.deepEqual([streams.open, streams.closed, streams.sentBytes], [0, { shutdown: 1 }, target.sentBytes]);
});

test("the most that there may be holds for all listeners together", () => {
  const load = new ApplicationLoad({ maxConnections: 2 });
  const [first, second] = [load.open(), load.open()];
  const target = streamIn(first);
  streamIn(second);
  assert.deepEqual([first.refusal, second.refusal], ["full", "full"]);
  target.abort("close");
  assert.deepEqual([first.refusal, second.refusal], [undefined, undefined]);
});

test("the metrics are a copy", () => {
  const load = new ApplicationLoad();
  const before = load.metrics;
  streamIn(load.open()).abort("close");
  assert.deepEqual([before.streams.accepted, before.streams.closed], [0, {}]);
});
