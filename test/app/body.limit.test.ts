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

test("the stream is limited as well, and announced too large it is not even opened", async () => {
  const { state, body } = endlessBody({}, 25);
  const reader = body.stream?.getReader();
  for (let count = 0; count < 2; count++) assert.equal((await reader?.read())?.done, false);
  await assert.rejects(reader?.read() as Promise<unknown>, tooLarge(25));
  assert.equal(state.cancelled, true);
  const announced = endlessBody({ "content-length": "26" }, 25);
  await assert.rejects(new Response(announced.body.stream).text(), tooLarge(25));
  assert.equal(announced.state.pulled, 0);
});

test("the limit can be set for the reads to come", async () => {
  const { body } = endlessBody({}, 25);
  assert.equal(body.limitBytes, 25);
  body.limitBytes = 35;
  await assert.rejects(body.text(), tooLarge(35));
  const stream = endlessBody({}, 25);
  stream.body.limitBytes = Number.POSITIVE_INFINITY;
  const reader = stream.body.stream?.getReader();
  for (let count = 0; count < 9; count++) assert.equal((await reader?.read())?.done, false);
  await reader?.cancel();
  assert.equal(stream.state.cancelled, true);
});

test("a read may have a limit of its own, higher or lower", async () => {
  for (const kind of ["arrayBuffer", "blob", "form", "json", "text"] as const) {
    await assert.rejects(endlessBody({}, 100).body[kind]({ limitBytes: 35 }), tooLarge(35), kind);
    await assert.rejects(endlessBody({}, 5).body[kind]({ limitBytes: 35 }), tooLarge(35), kind);
  }
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  await assert.rejects(endlessBody(headers, 100).body.formData({ limitBytes: 35 }), tooLarge(35));
  const parts = endlessBody(headers, 100).body.multipart({ limitBytes: 35 });
  await assert.rejects(parts[Symbol.asyncIterator]().next(), tooLarge(35));
});

test("a lower limit also holds for what was read already", async () => {
  const body = new Body({ headers: new Headers(), getBody: () => new Blob(["12345"]).stream() });
  assert.equal(await body.text(), "12345");
  await assert.rejects(body.json({ limitBytes: 4 }), tooLarge(4));
  assert.equal(await body.json({ limitBytes: 5 }), 12345);
});

test("0 admits an empty body only, Infinity any", async () => {
  const of = (text: string, limitBytes: number) =>
    new Body({ headers: new Headers(), getBody: () => new Blob([text]).stream() }, { limitBytes });
  assert.equal(await of("", 0).text(), "");
  await assert.rejects(of("x", 0).text(), tooLarge(0));
  assert.equal((await of("x".repeat(11_000_000), Number.POSITIVE_INFINITY).text()).length, 11_000_000);
});

test("a limit that is none is told at once", () => {
  for (const limitBytes of [-1, Number.NaN, 1.5, "5"] as number[]) {
    const source = { headers: new Headers(), getBody: () => null };
    const message = `Cannot limit the body: "${limitBytes}" is no number of bytes`;
    assert.throws(() => new Body(source, { limitBytes }), { name: "RangeError", message });
    const body = new Body(source);
    for (const kind of ["arrayBuffer", "blob", "form", "formData", "json", "multipart", "text"] as const) {
      assert.throws(() => body[kind]({ limitBytes }), { name: "RangeError", message });
    }
    assert.throws(() => {
      body.limitBytes = limitBytes;
    }, RangeError);
    assert.equal(body.used, false);
  }
});
