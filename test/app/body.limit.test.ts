import assert from "node:assert/strict";
import { test } from "node:test";
import { Body, DEFAULT_BODY_LIMIT_BYTES } from "../../src/app/body.ts";
import { WebServerRequest } from "../../src/app/web-server-request.ts";
import { httpErrors } from "../../src/http/http-error.ts";

/** A body that comes in chunks of 10 bytes for as long as it is read, and what became of it. */
function endlessBody(headers: HeadersInit, limitBytes?: number) {
  const state = { pulled: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        state.pulled++;
        controller.enqueue(new Uint8Array(10));
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const init: RequestInit & { duplex: "half" } = { method: "POST", body: stream, headers, duplex: "half" };
  const request = new WebServerRequest(new Request("http://host.test/", init));
  return { state, body: new Body(request, limitBytes === undefined ? {} : { limitBytes }) };
}

function tooLarge(limitBytes: number) {
  return (error: unknown) => {
    assert.ok(error instanceof httpErrors.ContentTooLarge);
    assert.equal(error.message, `The body is larger than ${limitBytes} bytes`);
    return true;
  };
}

test("a body that is announced as too large is not read at all", async () => {
  const { state, body } = endlessBody({ "content-length": "101" }, 100);
  await assert.rejects(body.text(), tooLarge(100));
  assert.equal(state.pulled, 0);
});

test("a body that turns out too large is read no further, and the rest is refused", async () => {
  for (const headers of [{}, { "content-length": "5" }, { "content-length": "many" }]) {
    const { state, body } = endlessBody(headers as HeadersInit, 100);
    await assert.rejects(body.arrayBuffer(), tooLarge(100));
    assert.deepEqual(state, { pulled: 11, cancelled: true });
  }
});

test("every kind of read is bounded", async () => {
  for (const kind of ["arrayBuffer", "blob", "form", "formData", "json", "text"] as const) {
    const { body } = endlessBody({ "content-type": "application/x-www-form-urlencoded" }, 35);
    await assert.rejects(body[kind](), tooLarge(35), kind);
  }
});

test("a body of just the limit is read", async () => {
  const request = new Request("http://host.test/", { method: "POST", body: "x".repeat(100) });
  const body = new Body(new WebServerRequest(request), { limitBytes: 100 });
  assert.equal((await body.text()).length, 100);
});

test("a read that was refused is refused again", async () => {
  const { body } = endlessBody({}, 100);
  await assert.rejects(body.text(), tooLarge(100));
  await assert.rejects(body.text(), tooLarge(100));
  await assert.rejects(body.json(), tooLarge(100));
});

test("where no limit is said there is one", async () => {
  assert.equal(DEFAULT_BODY_LIMIT_BYTES, 10_485_760);
  const { state, body } = endlessBody({ "content-length": "10485761" });
  await assert.rejects(body.text(), tooLarge(DEFAULT_BODY_LIMIT_BYTES));
  assert.equal(state.pulled, 0);
});

test("the stream is the application's own care", async () => {
  const { state, body } = endlessBody({}, 5);
  const reader = body.stream?.getReader();
  for (let count = 0; count < 3; count++) assert.equal((await reader?.read())?.done, false);
  await reader?.cancel();
  assert.equal(state.cancelled, true);
});
