import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog } from "../../src/channel/event-log.ts";
import { findSeat, lossFrame, lossNotice, openingFrame, readSince } from "../../src/channel/resume.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A log that keeps the events 6, 7 and 10, and never had one between them. */
function open(): EventLog {
  const limits = { events: 3, bytes: 10_000, ageMs: Number.POSITIVE_INFINITY };
  const log = new EventLog("tag4", { epoch: "e", offset: 4 }, limits, new VirtualClock());
  for (const offset of [5, 6, 7, 10]) log.append(offset, { type: "a", data: "", json: false });
  return log;
}

test("where a reader begins", () => {
  const log = open();
  const said = (offset: number, epoch = "e") => ({ tag: "tag4", epoch, offset });
  for (const [position, outcome, offset] of [
    ["none", "new", 10],
    ["earliest", "new", 5],
    ["unknown", "reset", 5],
    [said(10), "resumed", 10],
    [said(7), "resumed", 7],
    [said(8), "reset", 5],
    [said(5), "resumed", 5],
    [said(4), "gap", 5],
    [said(0), "gap", 5],
    [said(11), "reset", 5],
    [said(7, "f"), "reset", 5],
  ] as const) {
    const seat = findSeat(log, position);
    assert.deepEqual([seat.outcome, seat.offset], [outcome, offset], JSON.stringify(position));
    assert.equal(seat.reason === undefined, outcome === "new" || outcome === "resumed");
  }
});

test("who names no place of the log begins where it is said", () => {
  assert.equal(findSeat(open(), "unknown", 8).offset, 8);
  assert.equal(findSeat(open(), { tag: "tag4", epoch: "e", offset: 99 }, 8).offset, 8);
});

test("what an application says is read as an id, or is one of its words", () => {
  assert.equal(readSince("tag4", ""), "none");
  assert.equal(readSince("tag4", "earliest"), "earliest");
  assert.equal(readSince("tag4", "nonsense"), "unknown");
  assert.equal(readSince("tag4", "othre.7"), "none");
  assert.deepEqual(readSince("tag4", "othre.7~tag4e.7"), { tag: "tag4", epoch: "e", offset: 7 });
});

test("the first frame says how its reader came, and primes it without an event", () => {
  assert.equal(text(openingFrame("resumed", "tag4e.7")), ": resumed\nid: tag4e.7\n\n");
  assert.equal(text(openingFrame("new", "")), ": new\n");
});

test("a loss is told with the range that is lost, where that is known", () => {
  const log = open();
  const through = { epoch: "e", offset: 5 };
  const notice = lossNotice("c", log, "trimmed", { epoch: "e", offset: 1 }, through);
  assert.deepEqual(notice, {
    channel: "c",
    reason: "trimmed",
    lost: { after: "tag4e.1", through: "tag4e.5" },
  });
  const unknown = lossNotice("c", log, "restarted", { epoch: "old", offset: 1 }, through);
  assert.deepEqual(unknown.lost, { through: "tag4e.5" });
  const data = JSON.stringify(notice);
  assert.equal(text(lossFrame("gap", notice, "tag4e.5")), `id: tag4e.5\nevent: gap\ndata: ${data}\n\n`);
  assert.equal(text(lossFrame("lost", notice, undefined)), `event: lost\ndata: ${data}\n\n`);
});
