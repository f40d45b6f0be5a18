import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorEvent } from "../../src/sse/error-event.ts";

test("an error event exists on every runtime, and carries its error", () => {
  const error = new Error("lost");
  const event = new ErrorEvent("error", { error, message: "lost", filename: "f", lineno: 1, colno: 2 });
  assert.ok(event instanceof Event);
  assert.equal(event.error, error);
  assert.deepEqual([event.message, event.filename, event.lineno, event.colno], ["lost", "f", 1, 2]);
  assert.deepEqual([new ErrorEvent("error").message, new ErrorEvent("error").lineno], ["", 0]);
});
