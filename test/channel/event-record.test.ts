import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeRecord, makeRecord } from "../../src/channel/event-record.ts";
import { ServerSentEvent } from "../../src/sse/server-sent-event.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("a record says whether its data was made JSON", () => {
  assert.deepEqual(makeRecord("a", { b: 1 }), { type: "a", data: '{"b":1}', json: true, key: undefined });
  assert.deepEqual(makeRecord("a", '{"b":1}', "k"), { type: "a", data: '{"b":1}', json: false, key: "k" });
  assert.deepEqual(makeRecord("a"), { type: "a", data: "", json: false, key: undefined });
});

test("a prepared event is taken with its type and its data", () => {
  const event = new ServerSentEvent("a", { b: 1 });
  assert.deepEqual(makeRecord(event, undefined, "k"), { type: "a", data: '{"b":1}', json: false, key: "k" });
});

test("no type, and the type message, are the same", () => {
  assert.equal(makeRecord("", "x").type, "message");
  assert.equal(text(encodeRecord(makeRecord("message", "x"), "1")), "id: 1\ndata: x\n\n");
});

test("the id stands first, and there may be none", () => {
  const record = makeRecord("a", "x\ny");
  assert.equal(text(encodeRecord(record, "id7")), "id: id7\nevent: a\ndata: x\ndata: y\n\n");
  assert.equal(text(encodeRecord(record, undefined)), "event: a\ndata: x\ndata: y\n\n");
});

test("what can't be published is refused with its value", () => {
  const wrong: [() => unknown, RegExp][] = [
    [() => makeRecord("a\nb", "x"), /^TypeError: Cannot frame event type "a\\nb"/],
    [() => makeRecord("a", () => 1), /^TypeError: Cannot serialize the data/],
    [() => makeRecord("a", "x", ""), /^TypeError: Cannot publish an event with the key ""/],
    [() => makeRecord("a", "x", "k".repeat(257)), /not 1 to 256 characters/],
    [
      () => makeRecord(new ServerSentEvent("a", "", { id: 7 })),
      /with the id "7": ids are given by the channel's log/,
    ],
    [() => makeRecord(new ServerSentEvent("a", "", { retry: 9 })), /with retry 9/],
  ];
  for (const [make, message] of wrong) assert.throws(make, message);
});
