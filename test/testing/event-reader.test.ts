import assert from "node:assert/strict";
import { test } from "node:test";
import { EventReadError } from "../../src/testing/event-read-error.ts";
import { EventReader, type EventReaderOptions } from "../../src/testing/event-reader.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { bytesOf } from "../support/byte-stream.ts";

/** A stream that the test writes, and its reader. */
class Wire {
  readonly reader: EventReader;
  /** What the reader cancelled with, and how often it asked for more. */
  cancelled = false;
  pulls = 0;
  #controller!: ReadableStreamDefaultController<Uint8Array>;

  constructor(options: EventReaderOptions = {}) {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => void this.pulls++,
        cancel: () => {
          this.cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { "content-type": "text/event-stream; charset=utf-8" };
    this.reader = EventReader.of(new Response(body, { headers }), options);
  }

  send(text: string): this {
    this.#controller.enqueue(bytesOf(text));
    return this;
  }

  end(): this {
    this.#controller.close();
    return this;
  }

  fail(error: Error): this {
    this.#controller.error(error);
    return this;
  }
}

test("events are taken in order, of any type", async () => {
  const { reader } = new Wire().send("data: one\n\nevent: ping\nid: 7\nda").send("ta: two\n\n");
  assert.deepEqual(await reader.next(), { type: "message", data: "one", lastEventId: "" });
  assert.deepEqual(await reader.next(), { type: "ping", data: "two", lastEventId: "7" });
});

test("those of other types are passed over", async () => {
  const wire = new Wire().send("event: a\ndata: 1\n\nevent: b\ndata: 2\n\nevent: a\ndata: 3\n\n");
  assert.equal((await wire.reader.next("b")).data, "2");
  assert.equal((await wire.reader.next("a")).data, "3");
});

test("an event that comes later is waited for", async () => {
  const wire = new Wire();
  const event = wire.reader.next("late");
  wire.send("data: other\n\n").send("event: late\ndata: x\n\n");
  assert.equal((await event).data, "x");
});

test("when the time is over, it is said what came instead, and that can be taken", async () => {
  const clock = new VirtualClock();
  const wire = new Wire({ clock }).send("event: a\ndata: 1\n\ndata: 2\n\n");
  const waiting = wire.reader.next("b", { withinMs: 100 });
  await new Promise((resolve) => setTimeout(resolve, 0));
  clock.advance(99);
  wire.send("event: c\ndata: 3\n\n");
  await new Promise((resolve) => setTimeout(resolve, 0));
  clock.advance(1);
  await assert.rejects(waiting, (error) => {
    assert.ok(error instanceof EventReadError);
    assert.equal(error.code, "timeout");
    assert.equal(
      error.message,
      'Cannot get the event "b" of the stream: it is open, but 100 ms are over; ' +
        'there came "a" ("1"), "message" ("2"), "c" ("3")',
    );
    assert.deepEqual(
      error.arrived.map(({ data }) => data),
      ["1", "2", "3"],
    );
    return true;
  });
  assert.equal(clock.timers, 0);
  assert.equal((await wire.reader.next("message")).data, "2");
  wire.send("event: b\ndata: 4\n\n");
  assert.equal((await wire.reader.next("b")).data, "4");
});

test("the time of a wait is the reader's unless it says otherwise", async () => {
  const clock = new VirtualClock();
  const { reader } = new Wire({ clock, withinMs: 10 });
  const waiting = reader.next();
  await Promise.resolve();
  clock.advance(10);
  await assert.rejects(waiting, { code: "timeout", message: /10 ms are over; no other event came$/ });
});

test("when the stream ends, it is said so at once", async () => {
  const wire = new Wire().send("event: a\ndata: 1\n\n").end();
  await assert.rejects(wire.reader.next("b"), {
    code: "ended",
    message: 'Cannot get the event "b" of the stream: it has ended; there came "a" ("1")',
  });
  assert.equal((await wire.reader.next("a")).data, "1");
  assert.equal(wire.reader.ended, true);
  await assert.rejects(wire.reader.next(), { code: "ended", message: /^Cannot get the next event/ });
});

test("when the stream breaks off, it is said how", async () => {
  const cause = new Error("reset");
  const wire = new Wire();
  const waiting = wire.reader.next();
  wire.fail(cause);
  await assert.rejects(waiting, { code: "failed", cause });
  await assert.rejects(wire.reader.all(), { code: "failed", cause });
});

test("all gives what is left, once the stream has ended", async () => {
  const wire = new Wire().send("data: 1\n\ndata: 2\n\n");
  await wire.reader.next();
  const all = wire.reader.all();
  wire.send("data: 3\n\ndata: unfinished\n").end();
  assert.deepEqual(
    (await all).map(({ data }) => data),
    ["2", "3"],
  );
  assert.deepEqual(await wire.reader.all(), []);
  const clock = new VirtualClock();
  const open = new Wire({ clock }).send("data: 1\n\n");
  const waiting = open.reader.all({ withinMs: 5 });
  await Promise.resolve();
  clock.advance(5);
  await assert.rejects(waiting, { code: "timeout", message: /^Cannot get the end of the stream/ });
});

test("comments and the reconnection time are read beside the events", async () => {
  const wire = new Wire().send(": hello\nretry: 1234\n\ndata: 1\n\n:again\n\n");
  assert.equal((await wire.reader.next()).data, "1");
  assert.equal(wire.reader.retryMs, 1234);
  assert.equal(await wire.reader.comment(), "hello");
  assert.equal(await wire.reader.comment(), "again");
  wire.end();
  await assert.rejects(wire.reader.comment(), { code: "ended" });
});

test("a loop gets the events up to the end, and leaves the stream as it is", async () => {
  const wire = new Wire().send("data: 1\n\ndata: 2\n\ndata: 3\n\n").end();
  const seen: string[] = [];
  for await (const { data } of wire.reader) {
    seen.push(data);
    if (data === "2") break;
  }
  for await (const { data } of wire.reader) seen.push(data);
  assert.deepEqual(seen, ["1", "2", "3"]);
  const broken = new Wire().fail(new Error("reset"));
  await assert.rejects(async () => {
    for await (const _ of broken.reader);
  }, EventReadError);
});

test("it reads only while somebody waits", async () => {
  const wire = new Wire();
  await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(wire.pulls, 0);
  const event = wire.reader.next();
  await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(wire.pulls, 1);
  wire.send("data: 1\n\n");
  await event;
});

test("waits run one after the other", async () => {
  const wire = new Wire();
  const all = Promise.all([wire.reader.next("b"), wire.reader.next("a"), wire.reader.next()]);
  wire.send("event: a\ndata: 1\n\nevent: b\ndata: 2\n\nevent: a\ndata: 3\n\ndata: 4\n\n");
  assert.deepEqual(
    (await all).map(({ data }) => data),
    ["2", "3", "4"],
  );
});

test("close cancels the stream, and ends who waits", async () => {
  const wire = new Wire().send("data: 1\n\n");
  await wire.reader.next();
  const waiting = wire.reader.next();
  const ended = assert.rejects(waiting, { code: "ended" });
  await wire.reader.close();
  await ended;
  assert.deepEqual([wire.cancelled, wire.reader.ended], [true, true]);
  await wire.reader.close();
});

test("the last event id is that of what was taken, not of what waits", async () => {
  const wire = new Wire().send("id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\n\n");
  assert.equal(wire.reader.lastEventId, "");
  await wire.reader.next();
  assert.equal(wire.reader.lastEventId, "1");
  await wire.reader.next();
  assert.equal(wire.reader.lastEventId, "3", "of the block without data too");
});

test("what is no event stream is refused, with the answer", () => {
  const answers = [
    new Response("Not Found", { status: 404, headers: { "content-type": "text/event-stream" } }),
    new Response("{}", { headers: { "content-type": "application/json" } }),
    new Response("", { headers: { "content-type": "text/event-streams" } }),
    new Response(null, { status: 204 }),
    new Response(null, { headers: { "content-type": "text/event-stream" } }),
  ];
  for (const response of answers) {
    assert.throws(
      () => EventReader.of(response),
      (error) => error instanceof EventReadError && error.code === "no-stream" && error.response === response,
    );
  }
});

test("a time that is none throws at once", () => {
  const { reader } = new Wire();
  for (const withinMs of [-1, Number.NaN]) assert.throws(() => reader.next("a", { withinMs }), RangeError);
});

test("a reader of a response can't reconnect", async () => {
  await assert.rejects(new Wire().reader.reconnect(), /^Error: Cannot reconnect: the reader was made/);
});
