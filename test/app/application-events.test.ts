import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ApplicationCloseEvent,
  ApplicationErrorEvent,
  ApplicationListenEvent,
} from "../../src/app/application-events.ts";
import { ErrorEvent } from "../../src/sse/error-event.ts";

test("an error event carries the error, its message, and the context if there was one", () => {
  const error = new RangeError("too far");
  const event = new ApplicationErrorEvent(error);
  assert.ok(event instanceof ErrorEvent && event instanceof Event);
  assert.deepEqual(
    [event.type, event.error, event.message, event.context],
    ["error", error, "too far", undefined],
  );
});

test("a listen event carries where and how", () => {
  const where = { hostname: "::1", port: 8000, secure: true, serverType: "custom" } as const;
  const event = new ApplicationListenEvent(where);
  const { type, hostname, port, secure, serverType } = event;
  assert.deepEqual({ type, hostname, port, secure, serverType }, { type: "listen", ...where });
});

test("a close event is an event of type close", () => {
  assert.equal(new ApplicationCloseEvent().type, "close");
});
