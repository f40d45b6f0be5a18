import assert from "node:assert/strict";
import { test } from "node:test";
import { ChannelCounters } from "../../src/channel/channel-metrics.ts";
import type { Chunk, ChunkCache } from "../../src/channel/chunk-cache.ts";
import { Delivery, type LogPlace, type LogReader } from "../../src/channel/delivery.ts";
import { EventLog } from "../../src/channel/event-log.ts";
import type { FedStream } from "../../src/sse/stream-writer.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

/** A reader whose stream is fed, until it is to be asked. */
class Rider implements LogReader {
  readonly taken: string[] = [];
  isFull = false;
  isAsked = false;
  onFed: (() => void) | undefined;
  #front: LogPlace | undefined;
  #place: LogPlace;

  constructor(log: EventLog) {
    this.#place = { sequence: log.next, offset: log.head };
  }

  get sequence(): number {
    return this.place.sequence;
  }

  get place(): LogPlace {
    return { ...(this.#front ?? this.#place) };
  }

  get stream(): FedStream | undefined {
    if (this.isAsked) return undefined;
    const feed = () => {
      this.taken.push("fed");
      this.onFed?.();
      return !this.isFull;
    };
    return { feed };
  }

  ride(front: LogPlace): void {
    this.#front = front;
  }

  stand(place: LogPlace): void {
    assert.ok(this.#front !== undefined, "it does not ride");
    this.#front = undefined;
    this.#place = { ...place };
  }

  refused(): void {
    assert.ok(this.#front === undefined, "it still rides");
    this.taken.push("refused");
  }

  take({ next, offset }: Chunk): boolean {
    this.taken.push("asked");
    this.#place = { sequence: next, offset };
    return true;
  }

  catchUp(chunks: ChunkCache): number | undefined {
    const { next, offset, bytes } = chunks.catchUp(this.sequence);
    this.taken.push(`behind to ${next}`);
    this.#place = { sequence: next, offset };
    return bytes.byteLength;
  }
}

function open(count: number, events = 10_000) {
  const clock = new VirtualClock();
  const limits = { events, bytes: 64 * 1024 * 1024, ageMs: Number.POSITIVE_INFINITY };
  const log = new EventLog("tag4", { epoch: "e", offset: 100 }, limits, clock);
  const counters = new ChannelCounters();
  const delivery = new Delivery(log, clock, counters);
  const riders = Array.from({ length: count }, () => new Rider(log));
  for (const rider of riders) delivery.join(rider);
  const publish = (times = 1, data = "x") => {
    for (let at = 0; at < times; at++) {
      log.append(log.head + 1, { type: "message", data, json: false });
      delivery.changed();
    }
  };
  const turn = () => clock.advance(0);
  return { clock, log, delivery, counters, riders: riders as [Rider, Rider, Rider], publish, turn };
}

test("all who keep up are fed, and stand where all do", () => {
  const { log, counters, riders, publish, turn } = open(3);
  publish(2);
  for (const rider of riders) assert.deepEqual(rider.place, { sequence: 1, offset: 100 });
  turn();
  for (const rider of riders) {
    assert.deepEqual(rider.taken, ["fed"]);
    assert.deepEqual(rider.place, { sequence: 3, offset: 102 });
  }
  assert.equal(counters.delivered, 6);
  assert.equal(counters.deliveredBytes, 3 * log.byteLength);
});

test("who takes no more stands after what it was fed, and is left alone until it joins again", () => {
  const { delivery, riders, publish, turn } = open(3);
  const [, full, other] = riders;
  full.isFull = true;
  publish();
  turn();
  full.isFull = false;
  publish(2);
  turn();
  assert.deepEqual(full.taken, ["fed", "refused"]);
  assert.deepEqual(full.place, { sequence: 2, offset: 101 });
  assert.deepEqual(other.taken, ["fed", "fed"]);
  delivery.join(full);
  turn();
  publish();
  turn();
  assert.deepEqual(full.taken.slice(2), ["behind to 4", "fed"]);
});

test("who leaves while another is fed has just what it was fed", () => {
  for (const leaving of [0, 1, 2]) {
    const { delivery, riders, publish, turn } = open(3);
    riders[1].onFed = () => delivery.leave(riders[leaving] as Rider);
    publish();
    turn();
    const rider = riders[leaving] as Rider;
    assert.deepEqual(rider.taken, leaving === 2 ? [] : ["fed"]);
    assert.deepEqual(rider.place.offset, leaving === 2 ? 100 : 101);
    publish();
    turn();
    for (const other of riders) if (other !== rider) assert.deepEqual(other.taken, ["fed", "fed"]);
    assert.equal(rider.taken.length, leaving === 2 ? 0 : 1);
  }
});

test("several may leave at once, whoever is fed", () => {
  const { delivery, riders, publish, turn } = open(5);
  riders[1].onFed = () => {
    for (const at of [1, 0, 4]) delivery.leave(riders[at] as Rider);
  };
  publish();
  turn();
  assert.deepEqual(
    Array.from(riders, ({ taken, place }) => [taken.length, place.offset]),
    [
      [1, 101],
      [1, 101],
      [1, 101],
      [1, 101],
      [0, 100],
    ],
  );
});

test("who comes while others are fed gets nothing of before, and all that follows", () => {
  const { log, delivery, riders, publish, turn } = open(1);
  const [first] = riders;
  publish();
  const late = new Rider(log);
  first.onFed = () => {
    delivery.leave(first);
    delivery.join(late);
  };
  turn();
  turn();
  assert.deepEqual(late.taken, []);
  publish();
  turn();
  assert.deepEqual(late.taken, ["fed"]);
});

test("who is to be asked from now on keeps its place, also in the middle", () => {
  for (const changing of [0, 2]) {
    const { delivery, riders, publish, turn } = open(3);
    const changed = riders[changing] as Rider;
    riders[1].onFed = () => {
      riders[1].onFed = undefined;
      changed.isAsked = true;
      delivery.reconsider(changed);
    };
    publish();
    turn();
    turn();
    publish();
    turn();
    assert.deepEqual(changed.taken, changing === 0 ? ["fed", "asked"] : ["behind to 2", "asked"]);
  }
});

test("what is more than one chunk is brought in turns", () => {
  const { riders, log, publish, turn, clock } = open(2);
  publish(6, "x".repeat(100_000));
  while (clock.timers > 0) turn();
  for (const rider of riders) {
    assert.equal(rider.taken[0], "fed");
    assert.match(rider.taken[1] ?? "", /^behind/);
    assert.equal(rider.sequence, log.next);
  }
});

test("all whose place was dropped find out", () => {
  const { riders, publish, turn, log } = open(2, 3);
  publish(9);
  const seen: number[] = [];
  for (const rider of riders) {
    rider.catchUp = () => {
      seen.push(rider.place.offset);
      return undefined;
    };
  }
  turn();
  assert.deepEqual(seen, [100, 100]);
  assert.ok(log.first > 1);
});
