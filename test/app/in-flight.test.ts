import assert from "node:assert/strict";
import { test } from "node:test";
import { readEventsOptions } from "../../src/app/events-options.ts";
import { InFlight } from "../../src/app/in-flight.ts";
import { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { eventually } from "../support/eventually.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";

/** A stream that is counted until it closes. */
function streamIn(inFlight: InFlight) {
  const sink = new ScriptedSink();
  const target = new ServerSentEventStreamTarget({ sink, keepAlive: false, onEnd: inFlight.forget });
  inFlight.stream(target);
  return { sink, target };
}

/** A WebSocket as far as it can be closed. */
class BareSocket extends EventTarget {
  readyState = 1;
  readonly closes: unknown[][] = [];

  close(...args: unknown[]): void {
    this.closes.push(args);
  }

  /** The close is through. */
  end(): void {
    this.dispatchEvent(new Event("close"));
  }
}

test("a request counts from its beginning to its end", () => {
  const inFlight = new InFlight();
  inFlight.begin();
  inFlight.begin();
  assert.equal(inFlight.requests, 2);
  inFlight.end();
  inFlight.end();
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
  const order: string[] = [];
  const { sink, target } = streamIn(inFlight);
  inFlight.begin();
  const drained = inFlight.drain().then(() => order.push("drained"));
  assert.equal(target.closed, false, "what this turn publishes still leaves");
  await eventually(() => target.closed);
  assert.equal(target.closeReason, "shutdown");
  assert.equal(sink.fate, "closing");
  assert.match(sink.text, /\nretry: \d+\n$/);
  inFlight.end();
  order.push("request");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(order, ["request"]);
  order.push("flushed");
  sink.read();
  await drained;
  assert.deepEqual(order, ["request", "flushed", "drained"]);
});

test("a stream that opens while all ends is ended too", async () => {
  const inFlight = new InFlight();
  inFlight.begin();
  const drained = inFlight.drain();
  const { target } = streamIn(inFlight);
  assert.equal(target.signal.reason.code, "shutdown");
  assert.equal(inFlight.streams, 0);
  inFlight.end();
  await drained;
});

test("drain closes the WebSockets, and waits for their close", async () => {
  const inFlight = new InFlight();
  const [open, opening] = [new BareSocket(), new BareSocket()];
  opening.readyState = 0;
  for (const socket of [open, opening]) inFlight.socket(socket as unknown as WebSocket);
  let drained = false;
  const draining = inFlight.drain().then(() => {
    drained = true;
  });
  assert.deepEqual([open.closes, opening.closes], [[[1001, "shutdown"]], []]);
  open.end();
  opening.dispatchEvent(new Event("open"));
  assert.deepEqual(opening.closes, [[1001, "shutdown"]]);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual([drained, inFlight.sockets], [false, 1]);
  opening.end();
  await draining;
  assert.equal(inFlight.sockets, 0);
});

test("a WebSocket that opens while all ends is closed too", async () => {
  const inFlight = new InFlight();
  await inFlight.drain();
  const socket = new BareSocket();
  inFlight.socket(socket as unknown as WebSocket);
  assert.deepEqual(socket.closes, [[1001, "shutdown"]]);
});

test("abandoned, the streams end whatever their readers have taken", () => {
  const inFlight = new InFlight();
  const { sink, target } = streamIn(inFlight);
  inFlight.abandon();
  assert.deepEqual([target.closed, sink.fate, inFlight.streams], [true, "aborted", 0]);
});

test("no stream is taken beyond the most that there may be, nor while all end", async () => {
  const inFlight = new InFlight(readEventsOptions({ maxConnections: 2 }));
  const streams = [streamIn(inFlight), streamIn(inFlight)];
  assert.equal(inFlight.refusal, "full");
  streams[0]?.sink.leave();
  assert.equal(inFlight.refusal, undefined);
  const drained = inFlight.drain();
  assert.equal(inFlight.refusal, "shutdown");
  await eventually(() => streams[1]?.target.closed === true);
  streams[1]?.sink.read();
  await drained;
});

test("what streams sent is counted while they are open, and when they have ended", () => {
  const inFlight = new InFlight();
  const { target, sink } = streamIn(inFlight);
  target.dispatchMessage("hello");
  const { sentBytes } = target;
  assert.deepEqual([inFlight.sentBytes, inFlight.counters.sentBytes], [sentBytes, 0]);
  assert.equal(sink.text.length, sentBytes);
  sink.leave();
  assert.deepEqual([inFlight.sentBytes, inFlight.counters.sentBytes], [0, sentBytes]);
  assert.deepEqual(inFlight.counters.closed, { disconnect: 1 });
});

test("all requests that are through are counted", () => {
  const inFlight = new InFlight();
  for (let count = 0; count < 3; count++) inFlight.begin();
  inFlight.end();
  inFlight.end();
  assert.deepEqual([inFlight.requests, inFlight.handled], [1, 2]);
});
