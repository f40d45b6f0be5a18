import assert from "node:assert/strict";
import { test } from "node:test";
import { Heartbeat } from "../../src/sse/heartbeat.ts";
import type { StreamCloseError } from "../../src/sse/stream-close-error.ts";
import { type StreamLimits, StreamWriter } from "../../src/sse/stream-writer.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";

const bytes = (length: number) => new Uint8Array(length);

function writing(limits: Partial<StreamLimits> = {}) {
  const clock = new VirtualClock();
  const heartbeat = new Heartbeat(clock);
  const sink = new ScriptedSink();
  const ends: StreamCloseError[] = [];
  const all = { keepAliveMs: 1000, highWaterMarkBytes: 100, maxBufferedBytes: 1000, ...limits };
  const writer = new StreamWriter(sink, all, heartbeat, (reason) => ends.push(reason));
  return { clock, heartbeat, sink, ends, writer };
}

test("a quiet stream says something, and traffic postpones it", () => {
  const { clock, sink, writer } = writing();
  clock.advance(900);
  writer.write(bytes(1));
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
