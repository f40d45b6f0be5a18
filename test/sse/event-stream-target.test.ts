import assert from "node:assert/strict";
import { test } from "node:test";
import { CloseEvent } from "../../src/sse/close-event.ts";
import { ErrorEvent } from "../../src/sse/error-event.ts";
import { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";

function targeting(init: ConstructorParameters<typeof ServerSentEventStreamTarget>[0] = {}) {
  const sink = new ScriptedSink();
  const target = new ServerSentEventStreamTarget({ sink, keepAlive: false, ...init });
  const opening = sink.text;
  return { sink, target, opening, sent: () => sink.text.slice(opening.length) };
}

test("the stream opens with a comment, and with retry when it is given", () => {
  assert.match(targeting().opening, /^:[^\n]*\n$/);
  assert.match(targeting({ retry: 1500 }).opening, /^:[^\n]*\nretry: 1500\n$/);
  assert.match(targeting({ retry: 0 }).opening, /retry: 0\n$/);
});

test("a message has data alone", () => {
  const { target, sent } = targeting();
  assert.equal(target.dispatchMessage({ hello: "world" }), true);
  assert.equal(target.dispatchMessage("a\r\nb"), true);
  assert.equal(sent(), 'data: {"hello":"world"}\n\ndata: a\ndata: b\n\n');
});

test("a comment is split on every line end, and has no blank line after it", () => {
  const { target, sent } = targeting();
  assert.equal(target.dispatchComment("one\rtwo\nthree\r\nfour\u2028still"), true);
  assert.equal(sent(), ": one\n: two\n: three\n: four\u2028still\n");
});

test("a comment that is no text is refused with its value", () => {
  const { target, sent } = targeting();
  assert.throws(
    () => target.dispatchComment(5 as never),
    /^TypeError: Cannot frame comment 5: it is not a string$/,
  );
  assert.equal(sent(), "");
});

test("an event is sent as it is", () => {
  const { target, sent } = targeting();
  assert.equal(target.dispatchEvent(new ServerSentEvent("ping", "hello", { id: 1 })), true);
  assert.equal(sent(), "event: ping\nid: 1\ndata: hello\n\n");
});

test("one event may go to many targets, and is encoded once", () => {
  const event = new ServerSentEvent("ping", "hello");
  const readers = [targeting(), targeting(), targeting()];
  for (const { target } of readers) target.dispatchEvent(event);
  const bytes = readers.map(({ sink }) => sink.written.at(-1));
  assert.ok(bytes.every((array) => array === event.bytes));
});

test("local listeners run first, and an event that they cancel is not sent", () => {
  const { target, sent, sink } = targeting();
  const heard: string[] = [];
  target.addEventListener("ping", (event) => {
    heard.push(`${event.type} ${sink.written.length}`);
    event.preventDefault();
  });
  const before = sink.written.length;
  assert.equal(target.dispatchEvent(new ServerSentEvent("ping", "a", { cancelable: true })), false);
  assert.equal(target.dispatchEvent(new ServerSentEvent("ping", "b")), true, "not cancelable");
  assert.deepEqual(heard, [`ping ${before}`, `ping ${before}`]);
  assert.equal(sent(), "event: ping\ndata: b\n\n");
});

test("local listeners hear messages too", () => {
  const { target, sent } = targeting();
  const heard: unknown[] = [];
  target.addEventListener("message", (event) => heard.push((event as ServerSentEvent).data));
  target.dispatchMessage({ a: 1 });
  assert.deepEqual(heard, ['{"a":1}']);
  assert.equal(sent(), 'data: {"a":1}\n\n');
});

test("an application's event of type close or error is sent like any other", () => {
  const { target, sent } = targeting();
  assert.equal(target.dispatchEvent(new ServerSentEvent("close", "x")), true);
  assert.equal(target.dispatchEvent(new ServerSentEvent("error", "y")), true);
  assert.equal(target.closed, false);
  assert.equal(sent(), "event: close\ndata: x\n\nevent: error\ndata: y\n\n");
});

test("a CloseEvent closes the target, and is what the listeners hear", () => {
  const { target, sink, opening } = targeting();
  const heard: Event[] = [];
  target.addEventListener("close", (event) => heard.push(event));
  const event = new CloseEvent("close", { reason: "mine" });
  assert.equal(target.dispatchEvent(event), true);
  assert.deepEqual([target.closed, sink.fate, sink.text], [true, "closing", opening]);
  assert.deepEqual(heard, [event]);
  assert.equal(target.dispatchEvent(new CloseEvent("close")), false);
});

test("an ErrorEvent closes the target with its error as the cause", () => {
  const { target } = targeting();
  const heard: string[] = [];
  for (const type of ["close", "error"]) target.addEventListener(type, ({ type: name }) => heard.push(name));
  const error = new Error("lost");
  assert.equal(target.dispatchEvent(new ErrorEvent("error", { error })), true);
  assert.deepEqual(heard, ["close", "error"]);
  assert.deepEqual([target.signal.reason.code, target.signal.reason.cause], ["error", error]);
});

test("data that JSON can't express throws, and nothing is sent", () => {
  const { target, sent } = targeting();
  assert.throws(() => target.dispatchMessage(() => undefined), TypeError);
  assert.equal(sent(), "");
});

test("bufferedAmount and ready follow the reader", async () => {
  const { target, sink } = targeting({ highWaterMarkBytes: 10 });
  assert.equal(target.bufferedAmount, sink.bufferedBytes);
  target.dispatchMessage("more than ten bytes");
  let ready = false;
  const wait = target.ready.then(() => (ready = true));
  await Promise.resolve();
  assert.equal(ready, false);
  sink.read();
  await wait;
  assert.equal(target.bufferedAmount, 0);
});

test("a wrong option is refused with its value", () => {
  const make = (init: object) => () => new ServerSentEventStreamTarget(init);
  assert.throws(make({ retry: -1 }), /RangeError.*-1/);
  assert.throws(make({ retry: 2 ** 31 }), RangeError);
  assert.throws(make({ keepAlive: -5 }), /RangeError.*-5/);
  assert.throws(make({ keepAlive: Number.NaN }), RangeError);
  assert.throws(make({ maxBufferedBytes: -1 }), /RangeError.*maxBufferedBytes -1/);
  assert.throws(make({ highWaterMarkBytes: Number.NaN }), RangeError);
});

test("stream() sends events as they are and all else as messages, at the reader's pace", async () => {
  const { target, sink, sent } = targeting({ highWaterMarkBytes: 10 });
  let made = 0;
  async function* source() {
    for (; made < 3; made++) yield made;
  }
  const done = target.stream(source(), (n) => (n === 1 ? new ServerSentEvent("one", n) : { n }));
  for (let turns = 0; turns < 20; turns++) await Promise.resolve();
  assert.equal(made, 0, "the reader has not read the first");
  const reading = setInterval(() => sink.read(), 0);
  assert.equal(await done, true);
  clearInterval(reading);
  assert.equal(sent(), 'data: {"n":0}\n\nevent: one\ndata: 1\n\ndata: {"n":2}\n\n');
  assert.equal(target.closed, false);
});
