import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventLog, type LogLimits } from "../../src/channel/event-log.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

function open(limits: Partial<LogLimits> = {}) {
  const clock = new VirtualClock();
  const all = { events: 100, bytes: 1_000_000, ageMs: Number.POSITIVE_INFINITY, ...limits };
  const log = new EventLog("tag4", { epoch: "e", offset: 0 }, all, clock);
  const append = (offset: number, data = `${offset}`, key?: string) =>
    log.append(offset, { type: "message", data, json: false, key });
  const kept = () => Array.from({ length: log.size }, (_, at) => log.at(log.first + at).offset);
  return { clock, log, append, kept };
}

test("the oldest goes when there are too many", () => {
  const { log, append, kept } = open({ events: 3 });
  for (const offset of [1, 2, 3, 4, 5]) append(offset);
  assert.deepEqual(kept(), [3, 4, 5]);
  assert.deepEqual([log.floor, log.head, log.size], [2, 5, 3]);
});

test("as many go as a large one needs room", () => {
  const { log, append, kept } = open({ bytes: 200 });
  for (const offset of [1, 2, 3, 4]) append(offset);
  append(5, "x".repeat(120));
  assert.ok(log.byteLength <= 200);
  assert.equal(kept().at(-1), 5);
  assert.ok(kept().length < 5);
});

test("one larger than the log is refused, and the log is as it was", () => {
  const { log, append, kept } = open({ bytes: 100 });
  append(1);
  assert.throws(() => append(2, "x".repeat(100)), /^RangeError: Cannot append an event of \d+ bytes/);
  assert.deepEqual([kept(), log.head], [[1], 1]);
});

test("what is too old goes by itself, and no timer is left then", () => {
  const { clock, append, kept } = open({ ageMs: 1000 });
  append(1);
  clock.advance(600);
  append(2);
  clock.advance(399);
  assert.deepEqual(kept(), [1, 2]);
  clock.advance(1);
  assert.deepEqual(kept(), [2]);
  clock.advance(600);
  assert.deepEqual(kept(), []);
  assert.equal(clock.timers, 0);
});

test("offsets rise", () => {
  const { append } = open();
  append(5);
  for (const offset of [5, 4, Number.NaN, 2 ** 60]) {
    assert.throws(() => append(offset), /^RangeError: Cannot append to the log at offset/);
  }
});

test("a place is the floor, or that of an event which is kept", () => {
  const { log, append } = open({ events: 3 });
  const places = () => Array.from({ length: 20 }, (_, offset) => offset).filter((offset) => log.has(offset));
  assert.deepEqual(places(), [0]);
  append(3);
  assert.deepEqual(places(), [0, 3]);
  for (const offset of [7, 9, 10]) append(offset);
  assert.deepEqual(places(), [3, 7, 9, 10]);
  log.skip(15);
  assert.deepEqual(places(), [15]);
});

test("where offsets are counted with those of other logs, those between are places too", () => {
  const limits = { events: 2, bytes: 1_000_000, ageMs: Number.POSITIVE_INFINITY };
  const log = new EventLog("tag4", { epoch: "e", offset: 3 }, limits, new VirtualClock(), true);
  for (const offset of [5, 7, 9]) log.append(offset, { type: "message", data: "", json: false });
  const places = Array.from({ length: 20 }, (_, offset) => offset).filter((offset) => log.has(offset));
  assert.deepEqual(places, [5, 6, 7, 8, 9]);
});

test("a lost stretch and a new life are noticed by who stood at the end", () => {
  const { log, append, kept } = open();
  append(1);
  const cursor = log.next;
  log.skip(9);
  assert.ok(cursor < log.first);
  assert.deepEqual([log.floor, log.head, kept()], [9, 9, []]);
  append(12);
  const other = log.next;
  log.restart({ epoch: "f", offset: 0 });
  assert.ok(other < log.first);
  assert.deepEqual([log.epoch, log.floor, log.head], ["f", 0, 0]);
  assert.equal(append(1).id, "tag4f.1");
});

test("a state is superseded by a newer one of its key, and only while that is kept", () => {
  const { log, append } = open({ events: 3 });
  append(1, "", "k");
  append(2, "", "other");
  append(3, "", "k");
  assert.deepEqual([log.isSuperseded(1), log.isSuperseded(2), log.isSuperseded(3)], [true, false, false]);
  append(4);
  append(5);
  append(6);
  assert.equal(log.hasStates, false);
});

test("it behaves as a list that is cut at its beginning", () => {
  const steps = fc.array(fc.record({ skip: fc.nat(3), size: fc.nat(80) }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 40 }), (appends, events) => {
      const { log, append, kept } = open({ events, bytes: 2000 });
      let model: { offset: number; bytes: number }[] = [];
      let floor = 0;
      for (const { skip, size } of appends) {
        const offset = log.head + 1 + skip;
        const { bytes } = append(offset, "x".repeat(size));
        model.push({ offset, bytes: bytes.byteLength });
        const sum = () => model.reduce((total, each) => total + each.bytes, 0);
        while (model.length > events || sum() > 2000) floor = model.shift()?.offset ?? floor;
        assert.deepEqual([log.floor, log.byteLength], [floor, sum()]);
      }
      assert.deepEqual(
        kept(),
        model.map(({ offset }) => offset),
      );
      for (let offset = floor; offset <= log.head; offset++) {
        const next = model.find((each) => each.offset > offset)?.offset;
        const at = log.after(offset);
        assert.equal(at === log.next ? undefined : log.at(at).offset, next);
      }
      model = [];
    }),
  );
});

for (const reason of ["count", "bytes", "age"] as const) {
  test(`dropping by ${reason} looks at what it drops, however much is kept`, () => {
    const looksOf = (kept: number) => {
      const limits = { count: { events: kept }, bytes: { bytes: kept * 23 }, age: { ageMs: kept } }[reason];
      const { clock, log, append } = open({ events: 1_000_000, ...limits });
      let looks = 0;
      const fill = (offset: number) => {
        const { bytes } = append(offset, "x", "k");
        const at = clock.now();
        Object.defineProperty(log.at(log.next - 1), "bytes", { get: () => looks++ && bytes });
        Object.defineProperty(log.at(log.next - 1), "at", { get: () => looks++ && at });
        clock.advance(1);
      };
      for (let count = 0; count < 2 * kept; count++) fill(10_000 + count);
      assert.ok(Math.abs(log.size - kept) <= 1, `${log.size} of ${kept}`);
      looks = 1;
      for (let count = 0; count < 100; count++) fill(20_000 + 2 * kept + count);
      return looks;
    };
    assert.equal(looksOf(1000), looksOf(100));
  });
}
