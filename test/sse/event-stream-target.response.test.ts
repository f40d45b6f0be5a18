import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { ScriptedSink } from "../support/scripted-sink.ts";
import { readUntil } from "../support/stream-reading.ts";

test("asResponse gives the stream with its head", async () => {
  const target = new ServerSentEventStreamTarget({ headers: { "x-own": "1" } });
  const response = target.asResponse({ headers: { "x-more": "2" }, status: 201 });
  assert.deepEqual(
    ["content-type", "cache-control", "x-accel-buffering", "x-own", "x-more"].map((name) =>
      response.headers.get(name),
    ),
    ["text/event-stream", "no-cache, no-transform", "no", "1", "2"],
  );
  assert.equal(response.status, 201);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  target.dispatchMessage("hi");
  assert.match(await readUntil(reader, "\n\n"), /^:[^\n]*\ndata: hi\n\n$/);
  const closing = target.close();
  assert.equal((await reader.read()).done, true);
  await closing;
});

test("asResponseInit gives what a Response is made of", async () => {
  const target = new ServerSentEventStreamTarget();
  const response = new Response(...target.asResponseInit());
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  await response.body?.cancel();
  await Promise.resolve();
  assert.equal(target.signal.reason.code, "disconnect");
});

test("a body that is cancelled closes the target, and that is no error", async () => {
  const target = new ServerSentEventStreamTarget();
  const heard: string[] = [];
  for (const type of ["close", "error"]) target.addEventListener(type, ({ type: name }) => heard.push(name));
  await target.asResponse().body?.cancel(new Error("whatever the runtime says"));
  await Promise.resolve();
  assert.deepEqual(heard, ["close"]);
});

test("the answer to HEAD has no body, and the target is closed", async () => {
  const request = new Request("http://host.test/", { method: "HEAD" });
  const target = new ServerSentEventStreamTarget({ request });
  const response = target.asResponse();
  assert.equal(response.body, null);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  let cleaned = false;
  target.signal.addEventListener("abort", () => {
    cleaned = true;
  });
  await Promise.resolve();
  assert.deepEqual([target.closed, cleaned], [true, true]);
});

test("the request names the last event id, and its signal closes the target", async () => {
  const controller = new AbortController();
  const request = new Request("http://host.test/?lastEventId=3", { signal: controller.signal });
  const target = new ServerSentEventStreamTarget({ request });
  assert.equal(target.lastEventId, "3");
  const returning = new Request("http://host.test/?lastEventId=3", { headers: { "Last-Event-ID": "7" } });
  assert.equal(new ServerSentEventStreamTarget({ request: returning, keepAlive: false }).lastEventId, "7");
  controller.abort();
  assert.equal(target.signal.reason.code, "disconnect");
});

test("there is no response when the bytes go elsewhere", () => {
  const target = new ServerSentEventStreamTarget({ sink: new ScriptedSink(), keepAlive: false });
  assert.throws(() => target.asResponse(), /^TypeError: Cannot make a response/);
});
