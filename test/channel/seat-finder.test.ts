import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelCore, Past } from "../../src/channel/channel-core.ts";
import type { LogPosition } from "../../src/channel/event-id.ts";
import { EventLog } from "../../src/channel/event-log.ts";
import { makeRecord } from "../../src/channel/event-record.ts";
import { LogEntry } from "../../src/channel/log-entry.ts";
import type { SaidPosition } from "../../src/channel/resume.ts";
import { SeatFinder } from "../../src/channel/seat-finder.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

const record = makeRecord("word", "a");
const entry = new LogEntry(record, 4, "id", 0);
const at = (offset: number, epoch = "now"): SaidPosition => ({ tag: "tag4", epoch, offset });

/** A log that has 8, 9 and 10 in memory, and what its broker says: the newest is 12, the oldest 4. */
function open(said: SaidPosition | "earliest", { past = {}, isOpen = true, hasSnapshot = false } = {}) {
  const clock = new VirtualClock();
  const log = new EventLog(
    "tag4",
    { epoch: "now", offset: 7 },
    { events: 9, bytes: 9999, ageMs: 9999 },
    clock,
  );
  for (const offset of [8, 9, 10]) log.append(offset, record);
  const asked: unknown[] = [];
  /** What happens while the past is read. */
  const during: (() => void)[] = [];
  const core = {
    brokerLog: { head: async () => ({ epoch: "now", offset: 12 }) },
    hasHistory: true,
    snapshots: hasSnapshot ? {} : undefined,
    readPast: async (after: LogPosition): Promise<Past> => {
      asked.push(after);
      for (const happen of during) happen();
      // Of its places, 11 is one that it has lost.
      const { offset } = after;
      return { epoch: "now", from: offset === 11 ? 10 : Math.max(3, offset), entries: [entry], ...past };
    },
  };
  const seats = new SeatFinder(core as unknown as ChannelCore, said, isOpen);
  return { log, seats, asked, during };
}

test("what memory has is decided by memory", () => {
  for (const said of ["none", at(7), at(9), at(10), at(5)] as const) {
    const { log, seats } = open(said);
    assert.equal(seats.isElsewhere(log), false, JSON.stringify(said));
  }
  const { log, seats } = open(at(9));
  assert.deepEqual(seats.find(log), { outcome: "resumed", epoch: "now", offset: 9 });
});

test("a place that this node has not come to is one if the broker has", async () => {
  for (const [offset, outcome] of [
    [12, "resumed"],
    [11, "reset"],
    [13, "reset"],
  ] as const) {
    const { log, seats } = open(at(offset), { isOpen: false });
    assert.ok(seats.isElsewhere(log));
    const seat = await seats.ask(log);
    assert.equal(seat.outcome, outcome);
    assert.equal(seat.offset, outcome === "resumed" ? 12 : 10, "who may not read all goes on from the end");
  }
});

for (const [said, outcome] of [
  ["earliest", "new"],
  ["unknown", "reset"],
  [at(5, "before"), "reset"],
  [at(13), "reset"],
] as const) {
  test(`the oldest event is the broker's for ${JSON.stringify(said)}`, async () => {
    const { log, seats, asked } = open(said);
    assert.ok(seats.isElsewhere(log));
    const seat = await seats.ask(log);
    assert.equal(seat.outcome, outcome);
    assert.equal(seat.offset, 3);
    assert.deepEqual(asked, [{ epoch: "now", offset: 0 }]);
  });
}

test("a place that this node has not come to, with a hole after it, is a gap", async () => {
  const { log, seats } = open(at(12), { past: { from: 14 } });
  assert.deepEqual(await seats.ask(log), { outcome: "gap", reason: "trimmed", epoch: "now", offset: 14 });
});

test("a place that memory comes to while the broker is asked is no unknown one", async () => {
  const { log, seats, during } = open(at(13));
  during.push(() => log.append(13, record));
  assert.deepEqual(await seats.ask(log), { outcome: "resumed", epoch: "now", offset: 13 });
});

test("the oldest event is that of memory where the broker has no older one of this life", async () => {
  for (const past of [{ entries: [] }, { epoch: "later" }, { from: 9 }]) {
    const { log, seats } = open("earliest", { past });
    assert.equal((await seats.ask(log)).offset, 7, JSON.stringify(past));
  }
});

test("neither who is shown a state nor who may not read all is brought the past", () => {
  for (const options of [{ hasSnapshot: true }, { isOpen: false }]) {
    for (const said of ["earliest", "unknown", at(5, "before")] as const) {
      const { log, seats } = open(said, options);
      assert.equal(seats.isElsewhere(log), false);
    }
  }
});
