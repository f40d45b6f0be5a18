import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { recordFromJson, recordToJson } from "../../src/brokers/event-json.ts";

test("a record is what it was, once written and read", () => {
  const records = fc.record({
    type: fc.string({ unit: "binary" }),
    data: fc.string({ unit: "binary" }),
    json: fc.boolean(),
    key: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(records, (record) => assert.deepEqual(recordFromJson(recordToJson(record)), { ...record })),
  );
});

test("what nobody of ours has written is no record", () => {
  for (const text of [
    "",
    "null",
    "[]",
    "7",
    "{",
    '{"t":"a"}',
    '{"t":1,"d":""}',
    '{"t":"a","d":"b","k":3}',
    '{"d":"b"}',
  ]) {
    assert.equal(recordFromJson(text), undefined, text);
  }
  assert.equal(recordFromJson(undefined), undefined);
  fc.assert(
    fc.property(fc.string(), (text) => recordFromJson(text) === undefined || JSON.parse(text) !== null),
  );
});
