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
  const addr = { hostname: "::1", port: 8000 };
  const how = { listener: { addr }, secure: true, serverType: "custom" } as const;
  const { type, hostname, port, listener, secure, serverType } = new ApplicationListenEvent(how);
  assert.deepEqual(
    { type, hostname, port, listener, secure, serverType },
    { type: "listen", ...addr, ...how },
  );
});

test("a close event is an event of type close", () => {
  assert.equal(new ApplicationCloseEvent().type, "close");
});
