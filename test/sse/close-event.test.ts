import assert from "node:assert/strict";
import { test } from "node:test";
import { CloseEvent } from "../../src/sse/close-event.ts";

test("a close event exists on every runtime, and says why", () => {
  const event = new CloseEvent("close", { code: 4000, reason: "overflow", wasClean: true, cancelable: true });
  assert.ok(event instanceof Event);
  assert.deepEqual(
    [event.type, event.code, event.reason, event.wasClean, event.cancelable],
    ["close", 4000, "overflow", true, true],
  );
  const plain = new CloseEvent("close");
  assert.deepEqual([plain.code, plain.reason, plain.wasClean], [0, "", false]);
});
