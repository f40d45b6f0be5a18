import assert from "node:assert/strict";
import { test } from "node:test";
import { ChannelCounters } from "../../src/channel/channel-metrics.ts";
import type { Chunk, ChunkCache } from "../../src/channel/chunk-cache.ts";
import { Delivery, type LogReader } from "../../src/channel/delivery.ts";
import { EventLog } from "../../src/channel/event-log.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

/** A reader that notes what it takes. */
class NotingReader implements LogReader {
  sequence: number;
  readonly taken: string[] = [];
  readonly #log: EventLog;
  isFull = false;

  constructor(log: EventLog, sequence = log.next) {
    this.#log = log;
    this.sequence = sequence;
  }

  /** It is asked each time. */
  readonly stream = undefined;

  ride(): void {
    assert.fail("it was not to be asked");
  }

  stand(): void {
    assert.fail("it did not ride");
  }

  refused(): void {
    assert.fail("it was not fed");
  }

  take({ next }: Chunk): boolean {
    this.taken.push(`live to ${next}`);
    this.sequence = next;
    return !this.isFull;
  }

  catchUp(chunks: ChunkCache): number | undefined {
    if (this.isFull) return undefined;
    if (this.sequence < this.#log.first) {
      this.taken.push("fell");
      return undefined;
    }
    const chunk = chunks.catchUp(this.sequence);
    this.taken.push(`behind to ${chunk.next}`);
    this.sequence = chunk.next;
    return chunk.bytes.byteLength;
  }
}

function open(events = 10_000) {
  const clock = new VirtualClock();
  const limits = { events, bytes: 64 * 1024 * 1024, ageMs: Number.POSITIVE_INFINITY };
  const log = new EventLog("tag4", { epoch: "e", offset: 0 }, limits, clock);
  const delivery = new Delivery(log, clock, new ChannelCounters());
  const publish = (count = 1, data = "x") => {
    for (let at = 0; at < count; at++) {
      log.append(log.head + 1, { type: "message", data, json: false });
      delivery.changed();
    }
  };
  return { clock, log, delivery, publish };
}

test("what a turn brings leaves once, when it is over", () => {
  const { clock, log, delivery, publish } = open();
  const reader = new NotingReader(log);
  delivery.join(reader);
  publish(3);
  assert.deepEqual(reader.taken, []);
  clock.advance(0);
  assert.deepEqual(reader.taken, ["live to 4"]);
  clock.advance(0);
  assert.equal(clock.timers, 0);
});

test("nobody who reads, no timer", () => {
  const { clock, publish } = open();
  publish(3);
  assert.equal(clock.timers, 0);
});

test("who is behind catches up, and then keeps up", () => {
  const { clock, log, delivery, publish } = open();
  publish(700);
  const reader = new NotingReader(log, 1);
  delivery.join(reader);
  clock.advance(0);
  assert.deepEqual(reader.taken, ["behind to 512", "behind to 701"]);
  publish();
  clock.advance(0);
  assert.equal(reader.taken.at(-1), "live to 702");
});

test("who takes no more is left alone until it joins again", () => {
  const { clock, log, delivery, publish } = open();
  const reader = new NotingReader(log);
  delivery.join(reader);
  reader.isFull = true;
  publish();
  clock.advance(0);
  publish();
  clock.advance(0);
  assert.deepEqual(reader.taken, ["live to 2"]);
  reader.isFull = false;
  delivery.join(reader);
  clock.advance(0);
  assert.deepEqual(reader.taken, ["live to 2", "behind to 3"]);
});

test("those far behind take turns, and those who keep up come first", () => {
  const { clock, log, delivery, publish } = open();
  publish(2000, "x".repeat(1000));
  const turns: number[] = [];
  const behind = Array.from({ length: 20 }, () => new NotingReader(log, 1));
  const level = new NotingReader(log);
  delivery.join(level);
  for (const [at, reader] of behind.entries()) {
    const catchUp = reader.catchUp.bind(reader);
    reader.catchUp = (chunks) => {
      turns.push(at);
      return catchUp(chunks);
    };
    delivery.join(reader);
  }
  publish();
  const take = level.take.bind(level);
  level.take = (chunk) => {
    turns.push(-1);
    return take(chunk);
  };
  clock.advance(0);
  assert.equal(turns[0], -1);
  const counts = behind.map(() => 0);
  for (const at of turns.slice(1)) {
    counts[at] = (counts[at] ?? 0) + 1;
    assert.ok(
      Math.max(...counts) - Math.min(...counts) <= 1,
      "somebody had two turns before another had one",
    );
  }
  for (const reader of behind) assert.equal(reader.sequence, log.next);
});

test("all fall whose place a single turn drops", () => {
  const { clock, log, delivery, publish } = open(5);
  const readers = [new NotingReader(log), new NotingReader(log)];
  for (const reader of readers) delivery.join(reader);
  publish(20);
  clock.advance(0);
  for (const { taken } of readers) assert.deepEqual(taken, ["fell"]);
});

test("who leaves gets nothing more, and an end takes the timer", () => {
  const { clock, log, delivery, publish } = open();
  const [stays, leaves] = [new NotingReader(log), new NotingReader(log)];
  delivery.join(stays);
  delivery.join(leaves);
  publish();
  delivery.leave(leaves);
  clock.advance(0);
  assert.deepEqual([stays.taken.length, leaves.taken.length], [1, 0]);
  publish();
  delivery.close();
  assert.equal(clock.timers, 0);
});
