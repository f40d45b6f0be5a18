import assert from "node:assert/strict";
import { test } from "node:test";
import { ChunkCache } from "../../src/channel/chunk-cache.ts";
import { EventLog } from "../../src/channel/event-log.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";

function open() {
  const limits = { events: 10_000, bytes: 64 * 1024 * 1024, ageMs: Number.POSITIVE_INFINITY };
  const log = new EventLog("tag4", { epoch: "e", offset: 0 }, limits, new VirtualClock());
  const append = (count: number, data = "x", key?: string) => {
    for (let at = 0; at < count; at++) log.append(log.head + 1, { type: "message", data, json: false, key });
  };
  return { log, append, chunks: new ChunkCache(log) };
}

test("a chunk of one event is its own bytes", () => {
  const { log, append, chunks } = open();
  append(1);
  assert.equal(chunks.live(1).bytes, log.at(1).bytes);
  assert.equal(chunks.catchUp(1).bytes, log.at(1).bytes);
});

test("all who stand at one place get the same bytes, until more has come", () => {
  const { append, chunks } = open();
  append(3);
  const first = chunks.catchUp(1);
  assert.equal(chunks.catchUp(1).bytes, first.bytes);
  assert.deepEqual([first.events, first.next, first.offset], [3, 4, 3]);
  append(1);
  assert.equal(chunks.catchUp(1).events, 4);
});

test("who began at different places soon shares chunks", () => {
  const { append, chunks } = open();
  append(2000);
  const [one, other] = [chunks.catchUp(10), chunks.catchUp(300)];
  assert.equal(one.next, other.next);
  assert.equal(chunks.catchUp(one.next).bytes, chunks.catchUp(other.next).bytes);
});

test("chunks are bounded, but for a single event that is larger", () => {
  const { append, chunks } = open();
  append(200, "x".repeat(1000));
  append(1, "x".repeat(500_000));
  assert.ok(chunks.catchUp(1).bytes.byteLength <= 64 * 1024);
  assert.ok(chunks.live(1).bytes.byteLength <= 256 * 1024);
  assert.ok(chunks.catchUp(201).bytes.byteLength > 500_000);
});

test("who is behind gets the newest of a key, who keeps up gets all", () => {
  const { append, chunks } = open();
  append(3, "old", "k");
  append(1, "plain");
  append(1, "new", "k");
  assert.equal(chunks.live(1).events, 5);
  const text = new TextDecoder().decode(chunks.catchUp(1).bytes);
  assert.deepEqual(text.match(/data: \w+/g), ["data: plain", "data: new"]);
  append(1, "newer", "k");
  const later = new TextDecoder().decode(chunks.catchUp(1).bytes);
  assert.deepEqual(later.match(/data: \w+/g), ["data: plain", "data: newer"]);
});

test("a chunk of which nothing is needed is empty, and leads on", () => {
  const { append, chunks } = open();
  append(512, "old", "k");
  append(1, "new", "k");
  const chunk = chunks.catchUp(1);
  assert.deepEqual([chunk.events, chunk.bytes.byteLength], [0, 0]);
  assert.ok(chunk.next > 1);
});
