import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSource } from "../../src/client/event-source.ts";

const source = EventSource.fromReadableStream(new ReadableStream<Uint8Array>());
source.close();

test("the constants are on the interface and on its objects, and can't be changed", () => {
  for (const [value, name] of (["CONNECTING", "OPEN", "CLOSED"] as const).entries()) {
    for (const holder of [EventSource, EventSource.prototype]) {
      const descriptor = Object.getOwnPropertyDescriptor(holder, name);
      assert.deepEqual(descriptor, { value, enumerable: true, writable: false, configurable: false });
    }
    assert.equal(source[name], value);
  }
});

test("what the interface has can be enumerated, as Web IDL says", () => {
  const names: string[] = [];
  for (const name in source) names.push(name);
  for (const name of "url withCredentials readyState onopen onmessage onerror close CONNECTING OPEN CLOSED".split(
    " ",
  )) {
    assert.ok(names.includes(name), name);
  }
  assert.equal(Object.prototype.toString.call(source), "[object EventSource]");
  assert.equal(EventSource.length, 1);
  assert.equal(EventSource.name, "EventSource");
});

test("a handler is a function, or an object that does nothing, or null", () => {
  for (const [given, kept] of [
    [null, null],
    [undefined, null],
    [7, null],
    ["onmessage", null],
    [test, test],
  ] as [given: unknown, kept: unknown][]) {
    source.onmessage = given as null;
    assert.equal(source.onmessage, kept);
  }
  const idle = {};
  source.onmessage = idle as never;
  assert.equal(source.onmessage, idle);
  source.dispatchEvent(new MessageEvent("message"));
});

test("another handler takes the place of the one before, and a new one goes to the end", () => {
  const target = EventSource.fromReadableStream(new ReadableStream<Uint8Array>());
  const log: string[] = [];
  target.onmessage = () => log.push("first");
  target.addEventListener("message", () => void log.push("listener"));
  target.onmessage = () => log.push("second");
  target.dispatchEvent(new MessageEvent("message"));
  target.onmessage = null;
  target.onmessage = () => log.push("third");
  target.dispatchEvent(new MessageEvent("message"));
  assert.deepEqual(log, ["second", "listener", "listener", "third"]);
  target.close();
});
