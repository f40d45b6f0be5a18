import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { Heartbeat } from "../../src/sse/heartbeat.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";
import { StreamCloseError } from "../../src/sse/stream-close-error.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";

function targeting(init: ConstructorParameters<typeof ServerSentEventStreamTarget>[0] = {}) {
  const sink = new ScriptedSink();
  const heartbeat = new Heartbeat(new VirtualClock());
  const target = new ServerSentEventStreamTarget({ sink, heartbeat, ...init });
  const heard: string[] = [];
  target.addEventListener("close", (event) => heard.push(`close ${(event as CloseEvent).reason}`));
  target.addEventListener("error", (event) => heard.push(`error ${(event as ErrorEvent).message}`));
  return { sink, target, heard, heartbeat };
}

test("a peer that leaves closes the target: once, with one reason, and no error", () => {
  const { target, sink, heard, heartbeat } = targeting();
  const { signal } = target;
  sink.leave();
  assert.deepEqual(heard, ["close disconnect"]);
  assert.ok(signal.reason instanceof StreamCloseError);
  assert.deepEqual([target.closed, signal.reason.code, heartbeat.size], [true, "disconnect", 0]);
});

test("every dispatch on a closed target answers false, and none throws", () => {
  const { target, sink } = targeting();
  sink.leave();
  const before = sink.written.length;
  assert.deepEqual(
    [
      target.dispatchMessage("x"),
      target.dispatchComment("x"),
      target.dispatchEvent(new ServerSentEvent("x", "x")),
    ],
    [false, false, false],
  );
  assert.equal(sink.written.length, before);
});

test("close resolves when all was taken, and tells why", async () => {
  const { target, sink, heard } = targeting();
  target.dispatchMessage("last words");
  let resolved = false;
  const closing = target.close().then(() => (resolved = true));
  assert.equal(target.closed, true);
  await Promise.resolve();
  assert.equal(resolved, false, "the words are still on their way");
  sink.read();
  await closing;
  await target.close();
  assert.deepEqual(heard, ["close close"]);
});

test("overflow closes with its reason, and is not clean", async () => {
  const { target, heard } = targeting({ maxBufferedBytes: 100 });
  let clean: boolean | undefined;
  target.addEventListener("close", (event) => (clean = (event as CloseEvent).wasClean));
  while (target.dispatchMessage("0123456789"));
  assert.deepEqual([heard, clean, target.signal.reason.code], [["close overflow"], false, "overflow"]);
});

test("a failing transport closes with the reason error, then tells the error", () => {
  const { sink, heard, target } = targeting();
  sink.leave(new Error("broken"));
  assert.deepEqual(heard, ["close error", "error Error: broken"]);
  assert.deepEqual(target.signal.reason.cause, new Error("broken"));
});

test("signal, asked for after the close, is aborted already", () => {
  const { target, sink } = targeting();
  sink.leave();
  assert.equal(target.signal.aborted, true);
  assert.equal(target.signal.reason.code, "disconnect");
  target.signal.addEventListener("abort", () => assert.fail("the platform does not call late listeners"));
});

test("a listener may close the target again", async () => {
  const { target, sink, heard } = targeting();
  target.addEventListener("close", () => void target.close());
  const closing = target.close("shutdown");
  sink.read();
  await closing;
  assert.deepEqual(heard, ["close shutdown"]);
});

test("a listener that closes the target while an event is dispatched: the event is not sent", () => {
  const { target, sink } = targeting();
  const before = sink.text;
  target.addEventListener("ping", () => void target.close());
  assert.equal(target.dispatchEvent(new ServerSentEvent("ping", "x")), false);
  assert.equal(sink.text, before);
});

test("the client's signal closes it, and nothing is left on the signal", async () => {
  const controller = new AbortController();
  const { target, heard } = targeting({ clientSignal: controller.signal });
  controller.abort();
  assert.deepEqual([target.closed, heard], [true, ["close disconnect"]]);

  const gone = targeting({ clientSignal: controller.signal });
  await Promise.resolve();
  assert.deepEqual(gone.heard, ["close disconnect"], "a listener added in the same turn hears it");

  const other = new AbortController();
  let listeners = 0;
  const remove = other.signal.removeEventListener.bind(other.signal);
  const add = other.signal.addEventListener.bind(other.signal);
  other.signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  other.signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  const left = targeting({ clientSignal: other.signal });
  assert.equal(listeners, 1);
  left.sink.leave();
  assert.equal(listeners, 0);
});

test("onEnd is called once, before the listeners", () => {
  const order: string[] = [];
  const { target, sink } = targeting({ onEnd: () => order.push("onEnd") });
  target.addEventListener("close", () => order.push("close"));
  sink.leave();
  assert.deepEqual(order, ["onEnd", "close"]);
});

test("closed for now, the reader is told when to come back: exactly, or within the window", async () => {
  const { target, sink, heard } = targeting();
  const closing = target.closeForNow(1234, "slow");
  sink.read();
  await closing;
  assert.match(sink.text, /\nretry: 1234\n$/);
  assert.deepEqual([heard, target.closeReason], [["close slow"], "slow"]);
  const within = targeting({ retryWindowMs: [70, 72] });
  void within.target.closeForNow(undefined, "age");
  assert.match(within.sink.text, /\nretry: 7[012]\n$/);
  assert.throws(() => targeting().target.closeForNow(-1, "slow"), RangeError);
});

test("turned away, the target is closed from the beginning, and who listens hears so in the same turn", async () => {
  const ended: unknown[] = [];
  const { target, sink, heard, heartbeat } = targeting({
    refusal: "refused",
    onEnd: ({ closeReason }) => ended.push(closeReason),
  });
  const { signal } = target;
  signal.addEventListener("abort", () => heard.push("abort"));
  assert.deepEqual([target.closed, target.closeReason, signal.aborted], [true, "refused", false]);
  assert.equal(target.dispatchMessage("nobody reads this"), false);
  await Promise.resolve();
  assert.deepEqual([heard, ended], [["abort", "close refused"], ["refused"]]);
  assert.equal(signal.reason.code, "refused");
  assert.match(sink.text, /^:[^\n]*\nretry: \d{4}\n$/);
  sink.read();
  await target.close();
  assert.equal(heartbeat.size, 0);
});

test("a stall is no clean end, an age is one", () => {
  for (const [reason, isClean] of [
    ["stall", false],
    ["age", true],
    ["shutdown", true],
  ] as const) {
    const { target } = targeting();
    let clean: boolean | undefined;
    target.addEventListener("close", (event) => (clean = (event as CloseEvent).wasClean));
    target.abort(reason);
    assert.equal(clean, isClean, reason);
  }
});

test("a silent reader of fed bytes is given up, and its feeder is told", () => {
  const clock = new VirtualClock();
  const sink = new ScriptedSink();
  const target = new ServerSentEventStreamTarget({
    sink,
    heartbeat: new Heartbeat(clock),
    highWaterMarkBytes: 10,
  });
  const told: string[] = [];
  target.feeder = {
    drained: () => assert.fail("nothing was taken"),
    overridden: () => undefined,
    ended: ({ code }) => told.push(code),
  };
  assert.equal(target.feed(new Uint8Array(100)), false);
  clock.advance(60_000);
  assert.deepEqual([told, target.closeReason, sink.written.length], [["stall"], "stall", 2]);
  assert.ok(target.sentBytes > 100);
});
