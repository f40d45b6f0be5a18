import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamCloseError } from "../../src/sse/stream-close-error.ts";

test("the reason is there for programs and for people", () => {
  const error = new StreamCloseError("overflow");
  assert.deepEqual(
    [error.code, error.name, error.message],
    ["overflow", "StreamCloseError", "The event stream is closed: overflow"],
  );
  assert.equal("cause" in error, false);
  assert.equal(new StreamCloseError("error", 7).cause, 7);
});
