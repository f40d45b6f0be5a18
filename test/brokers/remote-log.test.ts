import assert from "node:assert/strict";
import { test } from "node:test";
import { type RemoteEvent, RemoteLog, type RemoteSource } from "../../src/brokers/remote-log.ts";
import type { HistoryPage } from "../../src/channel/broker.ts";
import type { LogPosition } from "../../src/channel/event-id.ts";
import { EventLog } from "../../src/channel/event-log.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

/** A log elsewhere that the test writes, and that counts how often it is read. */
class FakeSource implements RemoteSource {
  epoch = "one";
  events: RemoteEvent[] = [];
  /** Nothing at or before it is kept. */
  floor = 0;
  reads = 0;
  failure: Error | undefined;

  add(data: string): RemoteEvent {
    const previous = this.end;
    const event = {
      epoch: this.epoch,
      offset: previous + 1,
      previous,
      record: { type: "message", data, json: false },
    };
    this.events.push(event);
    return event;
  }

  get end(): number {
    return this.events.at(-1)?.offset ?? this.floor;
  }

  async head(): Promise<LogPosition> {
    if (this.failure !== undefined) throw this.failure;
    return { epoch: this.epoch, offset: this.end };
  }

  async read(after: LogPosition, limit: number): Promise<HistoryPage> {
    this.reads++;
    const start = after.epoch === this.epoch ? after.offset : 0;
    const events = this.events.filter(({ offset }) => offset > start).slice(0, limit);
    return { epoch: this.epoch, from: events[0]?.previous ?? this.end, events };
  }
}

function open() {
  const source = new FakeSource();
  const clock = new VirtualClock();
  const limits = { events: 10_000, bytes: 1024 * 1024, ageMs: Number.POSITIVE_INFINITY };
  const log = new EventLog("tag4", { epoch: "one", offset: 0 }, limits, clock);
  const errors: unknown[] = [];
  let changes = 0;
  const remote = new RemoteLog(
    log,
    source,
    () => changes++,
    (error) => errors.push(error),
  );
  const data = () => Array.from({ length: log.size }, (_, at) => log.at(log.first + at).event.data);
  return { source, log, remote, errors, data, changes: () => changes };
}

test("events that follow one another are appended as they come, and nothing is read", () => {
  const { source, remote, data, changes } = open();
  for (const word of ["a", "b", "c"]) remote.receive(source.add(word));
  assert.deepEqual(data(), ["a", "b", "c"]);
  assert.equal(source.reads, 0);
  assert.equal(changes(), 3);
});

test("an event that comes twice is appended once", () => {
  const { source, remote, data } = open();
  const first = source.add("a");
  remote.receive(first);
  remote.receive(source.add("b"));
  remote.receive(first);
  assert.deepEqual(data(), ["a", "b"]);
});

test("what was missed is read before what came after it", async () => {
  const { source, remote, data } = open();
  for (let count = 0; count < 1200; count++) source.add(`missed ${count}`);
  remote.receive(source.add("heard"));
  await remote.catchUp();
  assert.equal(data().length, 1201);
  assert.equal(data()[0], "missed 0");
  assert.equal(data().at(-1), "heard");
  assert.equal(source.reads, 3);
});

test("what comes while the past is read is neither lost nor doubled", async () => {
  const { source, remote, data } = open();
  source.add("a");
  const catching = remote.catchUp();
  remote.receive(source.add("b"));
  await catching;
  remote.receive(source.add("c"));
  await remote.catchUp();
  assert.deepEqual(data(), ["a", "b", "c"]);
});

test("what was dropped before it could be read is a hole that cursors notice", async () => {
  const { source, remote, log, data } = open();
  remote.receive(source.add("a"));
  const before = log.next;
  source.add("dropped");
  const [, , ...rest] = [...source.events, source.add("kept")];
  source.events = rest;
  source.floor = 2;
  await remote.catchUp();
  assert.deepEqual(data(), ["kept"]);
  assert.equal(log.floor, 2);
  assert.ok(log.first > before, "a cursor that stood at the end stands before the oldest now");
});

test("a log of which all was dropped is at its head, without an event", async () => {
  const { source, remote, log } = open();
  remote.receive(source.add("a"));
  source.add("b");
  source.events = [];
  source.floor = 2;
  await remote.catchUp();
  assert.equal(log.head, 2);
  assert.equal(log.floor, 2);
  assert.equal(log.size, 0);
});

test("a source that has lost its newest event may have lost more, which is a hole before what comes next", async () => {
  const { source, remote, log, data } = open();
  remote.receive(source.add("kept"));
  remote.receive(source.add("lost"));
  source.events.pop();
  await remote.catchUp();
  assert.deepEqual([data(), log.head], [["kept", "lost"], 2], "what is here may be read on");
  const before = log.next;
  const heard = { ...source.add("heard"), offset: 9 };
  source.events.splice(-1, 1, heard);
  remote.receive(heard);
  await remote.catchUp();
  assert.deepEqual([data(), log.floor, log.head], [["heard"], 8, 9]);
  assert.ok(log.first > before, "a cursor that stood at the end stands before the oldest now");
});

test("a new life of the log begins with its own events", async () => {
  const { source, remote, log, data } = open();
  remote.receive(source.add("old"));
  source.events = [];
  source.epoch = "two";
  remote.receive(source.add("new"));
  await remote.catchUp();
  assert.equal(log.epoch, "two");
  assert.deepEqual(data(), ["new"]);
});

test("a source that fails is told, and read at the next call", async () => {
  const { source, remote, errors, data } = open();
  source.add("a");
  source.failure = new Error("away");
  await remote.catchUp();
  assert.deepEqual(errors, [source.failure]);
  source.failure = undefined;
  await remote.catchUp();
  assert.deepEqual(data(), ["a"]);
});

test("an event that may not stand in a stream is a hole, and is told", () => {
  const { source, remote, log, errors, data } = open();
  const event = source.add("x");
  remote.receive({ ...event, record: { ...event.record, type: "a\nb" } });
  remote.receive(source.add("y"));
  assert.equal(errors.length, 1);
  assert.deepEqual(data(), ["y"]);
  assert.equal(log.floor, 1);
});

test("nothing is appended or called after the end", async () => {
  const { source, remote, data, changes } = open();
  source.add("a");
  const catching = remote.catchUp();
  remote.close();
  await catching;
  remote.receive(source.add("b"));
  assert.deepEqual(data(), []);
  assert.equal(changes(), 0);
});
