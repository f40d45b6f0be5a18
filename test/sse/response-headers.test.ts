import assert from "node:assert/strict";
import { test } from "node:test";
import { eventStreamHeaders } from "../../src/sse/response-headers.ts";

test("the head of an event stream", () => {
  assert.deepEqual(eventStreamHeaders(), [
    ["content-type", "text/event-stream"],
    ["cache-control", "no-cache, no-transform"],
    ["x-accel-buffering", "no"],
  ]);
});

test("the application's own headers are kept, and win where they may", () => {
  const own = new Headers({ "cache-control": "no-store", "X-Accel-Buffering": "yes", "x-own": "1" });
  own.append("set-cookie", "a=1");
  own.append("set-cookie", "b=2");
  const headers = eventStreamHeaders(own);
  assert.deepEqual(
    headers.filter(([name]) => name === "set-cookie").map(([, value]) => value),
    ["a=1", "b=2"],
  );
  const others = Object.fromEntries(headers.filter(([name]) => name !== "set-cookie"));
  assert.deepEqual(others, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "yes",
    "x-own": "1",
  });
});

test("nobody changes the format or the framing", () => {
  const own: [string, string][] = [
    ["Content-Type", "text/plain"],
    ["Content-Length", "3"],
    ["Transfer-Encoding", "gzip"],
  ];
  assert.deepEqual(eventStreamHeaders(own, true), eventStreamHeaders());
});

test("connection-specific headers are the application's alone, and stay on HTTP/1", () => {
  const own: [string, string][] = [
    ["Connection", "close"],
    ["Keep-Alive", "timeout=5"],
    ["Upgrade", "h2c"],
  ];
  assert.deepEqual(eventStreamHeaders(own), eventStreamHeaders());
  assert.deepEqual(eventStreamHeaders(own, true).slice(1, 4), [
    ["connection", "close"],
    ["keep-alive", "timeout=5"],
    ["upgrade", "h2c"],
  ]);
});
