import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { makeRecord } from "../../src/channel/event-record.ts";
import { LogEntry } from "../../src/channel/log-entry.ts";

const entry = (...record: Parameters<typeof makeRecord>) =>
  new LogEntry(makeRecord(...record), 7, "tag4e.7", 100);

test("an entry gives back what was published", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (data) => {
      const { event } = entry("a", data);
      if (typeof data === "string") assert.equal(event.data, data.replace(/\r\n?/g, "\n"));
      else assert.equal(JSON.stringify(event.data), JSON.stringify(data));
    }),
  );
});

test("a string stays a string, though it is JSON", () => {
  assert.equal(entry("a", "7").event.data, "7");
  assert.equal(entry("a", 7).event.data, 7);
});

test("its event has type, id and key, and is made once", () => {
  const one = entry("a", "x", "k");
  assert.deepEqual(one.event, { type: "a", data: "x", id: "tag4e.7", key: "k" });
  assert.equal(one.event, one.event);
  assert.equal(entry("message", "x").event.type, "message");
});

test("what follows its id is the same under any", () => {
  const one = entry("a", "x");
  const bytes = new TextDecoder();
  assert.equal(bytes.decode(one.bytes), "id: tag4e.7\nevent: a\ndata: x\n\n");
  assert.equal(bytes.decode(one.rest), "event: a\ndata: x\n\n");
});

test("one that is larger than streams are read by default is read whole", () => {
  const data = { large: "x".repeat(17 * 1024 * 1024) };
  assert.equal((entry("a", data).event.data as typeof data).large.length, data.large.length);
});
