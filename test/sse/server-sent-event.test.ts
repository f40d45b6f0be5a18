import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerSentEvent, serializeData } from "../../src/sse/server-sent-event.ts";

test("an event is encoded as oak has it", () => {
  assert.equal(
    String(new ServerSentEvent("ping", "foobar", { id: 1234 })),
    "event: ping\nid: 1234\ndata: foobar\n\n",
  );
  assert.equal(String(new ServerSentEvent("message", { a: 1 })), 'event: message\ndata: {"a":1}\n\n');
  assert.equal(String(new ServerSentEvent("reload")), "event: reload\ndata: \n\n");
});

test("space and replacer reach the serialiser", () => {
  const event = new ServerSentEvent("x", { a: 1, b: 2 }, { space: 2, replacer: ["a"] });
  assert.equal(String(event), 'event: x\ndata: {\ndata:   "a": 1\ndata: }\n\n');
});

test("ids that are falsy are sent", () => {
  assert.equal(String(new ServerSentEvent("x", "", { id: 0 })), "event: x\nid: 0\ndata: \n\n");
  assert.match(String(new ServerSentEvent("x", "", { id: "" })), /^event: x\nid: ?\ndata: \n\n$/);
  assert.equal(new ServerSentEvent("x", "", { id: 10n ** 20n }).id, "100000000000000000000");
});

test("what would inject is refused where it is made", () => {
  for (const [type, init] of [
    ["a\nb", {}],
    ["a\rb", {}],
    ["a", { id: "1\ndata: x" }],
    ["a", { id: "1\r" }],
    ["a", { id: "1\0" }],
  ] as const) {
    assert.throws(() => new ServerSentEvent(type, "", init), TypeError);
  }
  for (const retry of [-1, 1.5, Number.NaN, 2 ** 31, 99999999999]) {
    assert.throws(() => new ServerSentEvent("a", "", { retry }), RangeError);
  }
});

test("data with line ends of any kind stays in its field", () => {
  assert.equal(
    String(new ServerSentEvent("x", "a\rb\nc\r\nd")),
    "event: x\ndata: a\ndata: b\ndata: c\ndata: d\n\n",
  );
});

test("data that JSON can't express is refused where it is made", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  for (const data of [() => undefined, Symbol("s"), 1n, cycle]) {
    assert.throws(
      () => new ServerSentEvent("x", data),
      /^TypeError: Cannot serialize the data of an event: /,
    );
  }
  assert.throws(
    () => serializeData(cycle),
    (error: Error) => error.cause instanceof TypeError,
  );
});

test("null, numbers and booleans are JSON, undefined is nothing", () => {
  assert.deepEqual(
    [null, 0, false, undefined, ""].map((data) => serializeData(data)),
    ["null", "0", "false", "", ""],
  );
});

test("the bytes are made once", () => {
  const event = new ServerSentEvent("x", "ü");
  assert.equal(event.bytes, event.bytes);
  assert.equal(new TextDecoder().decode(event.bytes), String(event));
});

test("it is an Event, and shows what it sends", () => {
  const event = new ServerSentEvent("price", { cents: 3 }, { id: "a", retry: 5, cancelable: true });
  assert.ok(event instanceof Event);
  assert.deepEqual(
    [event.type, event.data, event.id, event.retry, event.cancelable],
    ["price", '{"cents":3}', "a", 5, true],
  );
});
