import assert from "node:assert/strict";
import { test } from "node:test";
import { EventSourceError, EventSourceErrorEvent } from "../../src/client/client-error.ts";

test("an error says what happened", () => {
  const cause = new Error("below");
  const response = new Response(null, { status: 503 });
  const error = new EventSourceError("status", { detail: 503, response, cause });
  assert.ok(error instanceof Error);
  assert.equal(error.name, "EventSourceError");
  assert.equal(error.message, 'Cannot read event stream: status "503"');
  assert.deepEqual([error.code, error.status, error.response, error.cause], ["status", 503, response, cause]);
  assert.deepEqual(
    [new EventSourceError("ended").status, new EventSourceError("ended").response],
    [0, undefined],
  );
  assert.equal(new EventSourceError("status", { status: 401 }).status, 401);
});

test("what was thrown becomes one, unless it is one", () => {
  const error = new EventSourceError("ended");
  assert.equal(EventSourceError.of(error, "cut"), error);
  const other = EventSourceError.of("thrown", "cut");
  assert.deepEqual([other.code, other.cause], ["cut", "thrown"]);
});

test("an error event shows the error, and what comes next", () => {
  const error = new EventSourceError("status", { status: 503 });
  const event = new EventSourceErrorEvent(error, 3000);
  assert.ok(event instanceof Event);
  const { type, code, status, retryInMs } = event;
  assert.deepEqual(
    { type, code, status, retryInMs },
    { type: "error", code: "status", status: 503, retryInMs: 3000 },
  );
  assert.equal(event.error, error);
});
