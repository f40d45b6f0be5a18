import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResponseBody } from "../../src/app/response-body.ts";
import { encodeResponseBody } from "../../src/app/response-body.ts";

const texts: [body: ResponseBody, content: string, type: string][] = [
  ["hello", "hello", "text/plain"],
  ["", "", "text/plain"],
  [0, "0", "text/plain"],
  [-0.5, "-0.5", "text/plain"],
  [false, "false", "text/plain"],
  [12345678901234567890n, "12345678901234567890", "text/plain"],
  [Symbol("leaf"), "Symbol(leaf)", "text/plain"],
  ["<!DOCTYPE html><p>", "<!DOCTYPE html><p>", "html"],
  [" \n<!doctype html>", " \n<!doctype html>", "html"],
  ["<HTML>", "<HTML>", "html"],
  ["<body class=a>", "<body class=a>", "html"],
  ["<p>no page</p>", "<p>no page</p>", "text/plain"],
  ["a <html>", "a <html>", "text/plain"],
];

for (const [body, content, type] of texts) {
  test(`${typeof body} ${JSON.stringify(String(body))} is sent as ${type}`, async () => {
    assert.deepEqual(await encodeResponseBody(body), { content, type });
  });
}

test("nothing is nothing", async () => {
  assert.deepEqual(await encodeResponseBody(null), { content: null });
  assert.deepEqual(await encodeResponseBody(undefined), { content: null });
});

const objects: [body: object, content: string][] = [
  [{ a: 1, b: undefined }, '{"a":1}'],
  [[1, "a", null], '[1,"a",null]'],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  [new URL("http://host.test/"), '"http://host.test/"'],
  [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
];

for (const [body, content] of objects) {
  test(`an object is sent as JSON: ${content}`, async () => {
    assert.deepEqual(await encodeResponseBody(body), { content, type: "json" });
  });
}

test("the replacer is JSON.stringify's", async () => {
  const replacer = (key: string, value: unknown) => (key === "secret" ? undefined : value);
  assert.equal((await encodeResponseBody({ a: 1, secret: 2 }, { replacer })).content, '{"a":1}');
});

test("an object that JSON can't express is refused", async () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  for (const body of [cycle, { a: 1n }, { toJSON: () => undefined }]) {
    await assert.rejects(async () => encodeResponseBody(body), TypeError);
  }
  assert.throws(() => encodeResponseBody({}, { replacer: () => undefined }), TypeError);
});

test("bytes are sent as they are, and of a view only what it shows", async () => {
  const { buffer } = new TextEncoder().encode("secret HELLO secret");
  const shown = new TextEncoder().encode("HELLO");
  for (const view of [
    new Uint8Array(buffer, 7, 5),
    new Int8Array(buffer, 7, 5),
    new DataView(buffer, 7, 5),
    buffer.slice(7, 12),
  ]) {
    const { content, type } = await encodeResponseBody(view);
    assert.ok(content instanceof Uint8Array);
    assert.deepEqual([[...content], type], [[...shown], undefined]);
  }
  const wide = new Uint16Array(new Uint16Array([1, 2, 3]).buffer, 2, 1);
  assert.equal(((await encodeResponseBody(wide)).content as Uint8Array).byteLength, 2);
});

test("what the platform knows to send is left to it", async () => {
  for (const body of [new Blob(["x"]), new URLSearchParams("a=1")]) {
    assert.deepEqual(await encodeResponseBody(body), { content: body });
  }
  const form = new FormData();
  assert.deepEqual(await encodeResponseBody(form), { content: form, type: null }, "the boundary is its own");
});

test("a function is what it returns, in the end", async () => {
  assert.deepEqual(await encodeResponseBody(() => "made"), { content: "made", type: "text/plain" });
  assert.deepEqual(await encodeResponseBody(async () => ({ a: 1 })), { content: '{"a":1}', type: "json" });
  assert.deepEqual(await encodeResponseBody(() => async () => "deep"), {
    content: "deep",
    type: "text/plain",
  });
  assert.deepEqual(await encodeResponseBody(() => undefined), { content: null });
});

test("what a function throws rejects", async () => {
  const body = () => {
    throw new RangeError("not today");
  };
  await assert.rejects(async () => encodeResponseBody(body), { name: "RangeError", message: "not today" });
});
