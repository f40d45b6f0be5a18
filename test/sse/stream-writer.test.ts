import assert from "node:assert/strict";
import { test } from "node:test";
import { Heartbeat } from "../../src/sse/heartbeat.ts";
import type { StreamCloseError } from "../../src/sse/stream-close-error.ts";
import { readStreamLimits, type StreamLimits } from "../../src/sse/stream-limits.ts";
import { StreamWriter } from "../../src/sse/stream-writer.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";

const bytes = (length: number) => new Uint8Array(length);

function writing(limits: Partial<StreamLimits> = {}) {
  const clock = new VirtualClock();
  const heartbeat = new Heartbeat(clock);
  const sink = new ScriptedSink();
  const ends: StreamCloseError[] = [];
  const all = {
    ...readStreamLimits({
      keepAlive: 1000,
      highWaterMarkBytes: 100,
      maxBufferedBytes: 1000,
      stallTimeoutMs: 0,
    }),
    ...limits,
  };
  const writer = new StreamWriter(sink, all, heartbeat, (reason) => ends.push(reason), undefined);
  return { clock, heartbeat, sink, ends, writer };
}

test("a quiet stream says something, and traffic postpones it", () => {
  const { clock, sink, writer } = writing();
  clock.advance(900);
  writer.write(bytes(1));
  sink.read();
  clock.advance(999);
  assert.equal(sink.written.length, 1);
  clock.advance(1);
  assert.match(new TextDecoder().decode(sink.written[1]), /^:[^\n]*\n$/, "a comment line, and no blank line");
});

test("without keep-alive there is no timer", () => {
  assert.equal(writing({ keepAliveMs: 0 }).clock.timers, 0);
});

test("past the limit of unread bytes it ends with overflow, once, and drops them", async () => {
  const { sink, ends, writer, heartbeat } = writing();
  assert.equal(writer.write(bytes(1000)), true);
  assert.equal(writer.write(bytes(1)), false);
  assert.deepEqual([writer.reason?.code, sink.fate, ends.length], ["overflow", "aborted", 1]);
  assert.equal(writer.write(bytes(1)), false);
  await Promise.resolve();
  assert.deepEqual([ends.length, writer.reason?.code, heartbeat.size], [1, "overflow", 0]);
});

test("a single write above the limit goes to a reader who has read all", () => {
  const { writer, sink } = writing();
  assert.equal(writer.write(bytes(5000)), true);
  sink.read();
  assert.equal(writer.write(bytes(5000)), true);
});

test("ready waits above the mark, for the reader or for the end", async () => {
  const { writer, sink } = writing();
  writer.write(bytes(100));
  await writer.ready;
  writer.write(bytes(1));
  const { ready } = writer;
  assert.equal(writer.ready, ready, "one promise for all who wait");
  let resolved = false;
  void ready.then(() => (resolved = true));
  await Promise.resolve();
  assert.equal(resolved, false);
  sink.read();
  await ready;

  writer.write(bytes(200));
  const last = writer.ready;
  writer.abort("close");
  await last;
});

test("end resolves when the transport has taken all", async () => {
  const { writer, sink, ends, heartbeat } = writing();
  writer.write(bytes(10));
  let flushed = false;
  const end = writer.end("close").then(() => (flushed = true));
  assert.deepEqual([writer.reason?.code, ends.length, sink.fate], ["close", 1, "closing"]);
  await Promise.resolve();
  assert.equal(flushed, false);
  sink.read();
  await end;
  await writer.end("shutdown");
  assert.deepEqual([writer.reason?.code, heartbeat.size], ["close", 0]);
});

test("a reader who does not read is given up ten seconds after the end", async () => {
  const { writer, sink, clock } = writing({ keepAliveMs: 0 });
  writer.write(bytes(10));
  const end = writer.end("close");
  clock.advance(9999);
  assert.equal(sink.fate, "closing");
  clock.advance(1);
  assert.equal(sink.fate, "aborted");
  await end;
  assert.equal(clock.timers, 0);
});

test("the peer's leaving ends it with disconnect, a failing transport with error", () => {
  const left = writing();
  left.sink.leave();
  assert.deepEqual([left.writer.reason?.code, left.ends.length, left.heartbeat.size], ["disconnect", 1, 0]);
  const failed = writing();
  failed.sink.leave(new Error("broken"));
  assert.deepEqual([failed.writer.reason?.code, failed.writer.reason?.cause], ["error", new Error("broken")]);
});

test("a reader who takes nothing of what is there is given up, and not before its time", () => {
  for (const way of ["write", "feed"] as const) {
    const { clock, sink, ends, writer } = writing({ keepAliveMs: 0, stallTimeoutMs: 1000 });
    clock.advance(999);
    writer[way](bytes(10));
    clock.advance(1);
    assert.deepEqual(ends, [], "what came a moment ago was not looked at yet");
    clock.advance(999);
    assert.deepEqual(ends, []);
    clock.advance(1);
    assert.deepEqual([writer.reason?.code, sink.fate, clock.timers], ["stall", "aborted", 0], way);
  }
});

test("a reader who takes a little now and then is not, however much waits", () => {
  const { clock, sink, ends, writer } = writing({
    keepAliveMs: 0,
    stallTimeoutMs: 1000,
    maxBufferedBytes: 1e6,
  });
  for (let round = 0; round < 50; round++) {
    writer.write(bytes(100));
    clock.advance(900);
    sink.bufferedBytes -= 1;
  }
  assert.deepEqual(ends, []);
  writer.write(bytes(100));
  clock.advance(2000);
  assert.equal(writer.reason?.code, "stall", "what is written is no progress");
});

test("a reader who has taken all is never given up", () => {
  const { clock, sink, ends, writer } = writing({ keepAliveMs: 0, stallTimeoutMs: 1000 });
  for (let round = 0; round < 10; round++) {
    writer.write(bytes(100));
    clock.advance(900);
    sink.read();
    clock.advance(5000);
  }
  assert.deepEqual(ends, []);
});

test("progress that only the transport sees counts too", () => {
  const { clock, sink, ends, writer } = writing({ keepAliveMs: 0, stallTimeoutMs: 1000 });
  Object.assign(sink, { progress: 0 });
  writer.feed(bytes(5000));
  for (let round = 0; round < 10; round++) {
    clock.advance(900);
    Object.assign(sink, { progress: round });
  }
  assert.deepEqual(ends, []);
  clock.advance(2000);
  assert.equal(writer.reason?.code, "stall");
});

test("while bytes are unread nothing is said to keep the stream alive", () => {
  const { clock, sink, ends, writer } = writing({ maxBufferedBytes: 1000 });
  writer.write(bytes(5000));
  clock.advance(10_000);
  assert.deepEqual([ends, sink.written.length], [[], 1]);
  sink.read();
  clock.advance(1000);
  assert.equal(sink.written.length, 2);
});

test("an old stream tells its reader to come back, and ends: each at its own time", () => {
  const clock = new VirtualClock();
  const heartbeat = new Heartbeat(clock);
  const ended: number[] = [];
  const limits = readStreamLimits({ keepAlive: false, maxAgeMs: 100_000, retryWindowMs: [200, 300] });
  const sinks = Array.from({ length: 200 }, () => {
    const sink = new ScriptedSink();
    const onEnd = ({ code }: StreamCloseError) => ended.push(code === "age" ? clock.now() : Number.NaN);
    new StreamWriter(sink, limits, heartbeat, onEnd, undefined);
    return sink;
  });
  assert.equal(clock.timers, 1, "one timer for all");
  clock.advance(79_999);
  assert.deepEqual(ended, []);
  clock.advance(20_101);
  assert.equal(ended.length, 200);
  assert.ok(ended.every((at) => at >= 80_000 && at <= 100_100) && new Set(ended).size > 50, String(ended));
  const retries = sinks.map(({ text }) => Number(/^retry: (\d+)\n$/.exec(text)?.[1]));
  assert.ok(
    retries.every((retry) => retry >= 200 && retry <= 300) && new Set(retries).size > 30,
    String(retries),
  );
});

test("what was written is counted", () => {
  const { writer } = writing();
  writer.write(bytes(3));
  writer.feed(bytes(4));
  writer.abort("close");
  writer.write(bytes(5));
  assert.equal(writer.writtenBytes, 7);
});
