import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeChunk, encodeStreamChunk } from "../../src/app/body-chunk.ts";

const { buffer } = new TextEncoder().encode("secret bytes secret");
const asText = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

/** Stands for `value`, and has a form for JSON that is another. */
class Boxed {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  valueOf(): unknown {
    return this.#value;
  }

  toJSON(): string {
    return "as JSON";
  }
}

const both: [what: string, chunk: unknown, text: string][] = [
  ["text", "día", "día"],
  ["nothing, as text", "", ""],
  ["a number", -0.5, "-0.5"],
  ["a boolean", false, "false"],
  ["a bigint", 12345678901234567890n, "12345678901234567890"],
  ["a part of a buffer", new Uint8Array(buffer, 7, 5), "bytes"],
  ["a view of another kind", new DataView(buffer, 7, 1), "b"],
  ["a buffer", buffer.slice(7, 9), "by"],
  ["an object", { a: [1] }, '{"a":[1]}'],
  ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ["an object with its own form", { toJSON: () => "own" }, '"own"'],
  ["an array of several kinds", [1, "2"], '[1,"2"]'],
  ["a number in a box", Object(7), "7"],
];

for (const [what, chunk, text] of both) {
  test(`${what} is the same in a stream and in an async iterable`, async () => {
    assert.equal(asText(await encodeStreamChunk(chunk)), text);
    assert.equal(asText(encodeChunk(chunk)), text);
  });
}

const apart: [what: string, chunk: unknown, inStream: string | null, inIterable: string][] = [
  ["null", null, null, "null"],
  ["an array of numbers", [104, 105], "hi", "[104,105]"],
  ["an empty array", [], "", "[]"],
  ["a date", new Date(1), "1", '"1970-01-01T00:00:00.001Z"'],
  ["what stands for text", new Boxed("text"), "text", '"as JSON"'],
  ["what stands for a bigint", new Boxed(7n), "7", '"as JSON"'],
  ["what stands for a boolean", new Boxed(false), "false", '"as JSON"'],
  ["what stands for an object", new Boxed({ a: 1 }), '"as JSON"', '"as JSON"'],
  ["what stands for nothing", new Boxed(null), '"as JSON"', '"as JSON"'],
  ["a promise", Promise.resolve("later"), "later", "{}"],
];

for (const [what, chunk, inStream, inIterable] of apart) {
  test(`${what} has its own meaning in a stream; in an async iterable, objects are JSON`, async () => {
    assert.equal(asText(await encodeStreamChunk(chunk)), inStream);
    assert.equal(asText(encodeChunk(chunk)), inIterable);
  });
}

const refused: [chunk: unknown, message: RegExp][] = [
  [undefined, /^Cannot send "undefined" as a chunk of the body: it is neither text nor bytes$/],
  [Symbol("leaf"), /"Symbol\(leaf\)"/],
  [function leaf() {}, /the function "leaf"/],
  [{ toJSON: () => undefined }, /^Cannot send a chunk of the body: it becomes nothing as JSON$/],
  [{ a: 1n }, /./],
];

for (const [chunk, message] of refused) {
  test(`${String(chunk)} is refused, and named: ${message.source}`, async () => {
    await assert.rejects(encodeStreamChunk(chunk), { name: "TypeError", message });
    assert.throws(() => encodeChunk(chunk), { name: "TypeError", message });
  });
}

test("a promise that is broken, or becomes nothing, breaks the stream", async () => {
  await assert.rejects(encodeStreamChunk(Promise.reject(new Error("broken"))), { message: "broken" });
  await assert.rejects(encodeStreamChunk(Promise.resolve(undefined)), TypeError);
});

test("property: bytes come through as they are, however they are given", () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array(), fc.nat(20), fc.nat(20), async (bytes, before, after) => {
      const whole = new Uint8Array(before + bytes.length + after).fill(255);
      whole.set(bytes, before);
      const view = whole.subarray(before, before + bytes.length);
      for (const chunk of [view, new DataView(whole.buffer, before, bytes.length), [...bytes]]) {
        assert.deepEqual([...((await encodeStreamChunk(chunk)) ?? [])], [...bytes]);
      }
      assert.deepEqual([...encodeChunk(view)], [...bytes]);
    }),
  ));
