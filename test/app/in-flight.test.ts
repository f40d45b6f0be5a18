import assert from "node:assert/strict";
import { test } from "node:test";
import { InFlight } from "../../src/app/in-flight.ts";
import { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { defer } from "../support/deferred.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";

/** A stream that is counted until it closes. */
function streamIn(inFlight: InFlight) {
  const sink = new ScriptedSink();
  const target = new ServerSentEventStreamTarget({ sink, keepAlive: false, onEnd: inFlight.forget });
  inFlight.stream(target);
  return { sink, target };
}

test("a request counts while it goes on, also when it fails", async () => {
  const inFlight = new InFlight();
  const work = defer();
  const counted = inFlight.request(work.promise);
  const failing = inFlight.request(Promise.reject(new Error("failed")));
  assert.equal(inFlight.requests, 2);
  await assert.rejects(failing, { message: "failed" });
  assert.equal(inFlight.requests, 1);
  work.resolve();
  await counted;
  assert.equal(inFlight.requests, 0);
});

test("a stream counts until it closes, whatever closes it", () => {
  const inFlight = new InFlight();
  const [first, second, third] = [streamIn(inFlight), streamIn(inFlight), streamIn(inFlight)];
  assert.equal(inFlight.streams, 3);
  first.sink.leave();
  assert.equal(inFlight.streams, 2);
  second.target.abort("overflow");
  void third.target.close();
  assert.equal(inFlight.streams, 0);
});

test("a stream that is closed already does not count", () => {
  const inFlight = new InFlight();
  const target = new ServerSentEventStreamTarget({ sink: new ScriptedSink(), keepAlive: false });
  target.abort("close");
  inFlight.stream(target);
  assert.equal(inFlight.streams, 0);
});

test("drain resolves at once when nothing goes on", async () => {
  await new InFlight().drain();
});

test("drain ends the streams, and waits until they are flushed and the requests are through", async () => {
  const inFlight = new InFlight();
  const work = defer();
  const order: string[] = [];
  const { sink, target } = streamIn(inFlight);
  const counted = inFlight.request(work.promise).then(() => order.push("request"));
  const drained = inFlight.drain().then(() => order.push("drained"));
  assert.equal(target.signal.reason.code, "shutdown");
  assert.equal(sink.fate, "closing");
  work.resolve();
  await counted;
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(order, ["request"]);
  order.push("flushed");
  sink.read();
  await drained;
  assert.deepEqual(order, ["request", "flushed", "drained"]);
});

test("a stream that opens while all ends is ended too", async () => {
  const inFlight = new InFlight();
  const work = defer();
  const counted = inFlight.request(work.promise);
  const drained = inFlight.drain();
  const { target } = streamIn(inFlight);
  assert.equal(target.signal.reason.code, "shutdown");
  assert.equal(inFlight.streams, 0);
  work.resolve();
  await Promise.all([counted, drained]);
});
