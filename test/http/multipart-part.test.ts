import assert from "node:assert/strict";
import { test } from "node:test";
import { DelimitedReader } from "../../src/http/delimited-reader.ts";
import { httpErrors } from "../../src/http/http-error.ts";
import { MultipartContent, MultipartPart } from "../../src/http/multipart-part.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

/** A part whose content comes in `chunks`, and then ends; `type` is its content type. */
function partOf(chunks: (string | Uint8Array<ArrayBuffer>)[], { type = "text/plain", maxBytes = 1000 } = {}) {
  const bytes = [...chunks, "\r\n--x"].map((chunk) => (typeof chunk === "string" ? bytesOf(chunk) : chunk));
  const source = new DelimitedReader(streamOf(bytes), new Uint8Array(), "too early");
  const content = new MultipartContent(source, bytesOf("\r\n--x"), maxBytes, 'the field "a"');
  const headers = new Headers({ "content-type": type });
  return { content, part: new MultipartPart({ name: "a", filename: undefined, type, headers }, content) };
}

test("a part is read as text, bytes or JSON, also again", async () => {
  const { part } = partOf(['{"a":', "[1]}"]);
  assert.equal(await part.text(), '{"a":[1]}');
  assert.deepEqual(await part.json(), { a: [1] });
  assert.deepEqual(await part.bytes(), bytesOf('{"a":[1]}'));
  assert.equal(await part.bytes(), await part.bytes());
  assert.equal(await partOf([]).part.text(), "");
});

test("text is in the charset of the part", async () => {
  const { part } = partOf([Uint8Array.of(0xe9)], { type: "text/plain; charset=iso-8859-1" });
  assert.equal(await part.text(), "é");
  const unknown = partOf(["x"], { type: "text/plain; charset=klingon" });
  await assert.rejects(unknown.part.text(), (error) => error instanceof httpErrors.UnsupportedMediaType);
});

test("what is not JSON is a bad request that names the part", async () => {
  await assert.rejects(partOf(["{"]).part.json(), (error) => {
    assert.ok(error instanceof httpErrors.BadRequest);
    assert.match(error.message, /^The part "a" is not JSON: /);
    assert.ok(error.cause instanceof SyntaxError);
    return true;
  });
});

test("the stream is the same each time, and refuses the other reads", async () => {
  const { part } = partOf(["ab", "cd"]);
  const { stream } = part;
  assert.equal(part.stream, stream);
  await assert.rejects(part.text(), {
    name: "TypeError",
    message: 'Cannot read the part "a": it was read already',
  });
  assert.equal(await new Response(stream).text(), "abcd");
  const whole = partOf(["x"]).part;
  await whole.text();
  assert.throws(() => whole.stream, {
    name: "TypeError",
    message: 'Cannot read the part "a": it was read already',
  });
});

test("nothing is read before it is asked for", async () => {
  const state = { pulled: 0 };
  const chunks = [bytesOf("a"), bytesOf("b"), bytesOf("\r\n--x")];
  const source = new DelimitedReader(streamOf(chunks, state), new Uint8Array(), "");
  const content = new MultipartContent(source, bytesOf("\r\n--x"), 10, "");
  const part = new MultipartPart({ name: "", filename: "", type: "", headers: new Headers() }, content);
  const reader = part.stream.getReader();
  await Promise.resolve();
  assert.equal(state.pulled, 0);
  assert.deepEqual((await reader.read()).value, bytesOf("a"));
  assert.equal(state.pulled, 1);
});

test("a content of just the limit is read, a larger one refused, and again", async () => {
  assert.equal(await partOf(["abc"], { maxBytes: 3 }).part.text(), "abc");
  const { part, content } = partOf(["abc", "d", "e"], { maxBytes: 3 });
  const tooLarge = {
    name: "ContentTooLargeError",
    message: 'Cannot read the field "a": it is larger than 3 bytes',
  };
  await assert.rejects(part.text(), tooLarge);
  await assert.rejects(part.bytes(), tooLarge);
  await assert.rejects(content.pass(), tooLarge);
});

test("passing waits for the whole that is being read", async () => {
  const { part, content } = partOf(["a", "b", "c"]);
  const text = part.text();
  await content.pass();
  assert.equal(await text, "abc");
});

test("passing throws away what nobody read, and its stream tells so", async () => {
  const { part, content } = partOf(["a", "b", "c"]);
  const reader = part.stream.getReader();
  const first = reader.read();
  await content.pass();
  assert.deepEqual((await first).value, bytesOf("a"));
  const passed = { name: "TypeError", message: 'Cannot read the field "a": the next part was asked for' };
  await assert.rejects(reader.read(), passed);
  const unread = partOf(["a"]);
  await unread.content.pass();
  await assert.rejects(unread.part.text(), passed);
});

test("a part that was read to its end stays so when it is passed", async () => {
  const { part, content } = partOf(["ab"]);
  const reader = part.stream.getReader();
  assert.deepEqual((await reader.read()).value, bytesOf("ab"));
  const end = reader.read();
  await content.pass();
  assert.equal((await end).done, true);
  assert.equal(await content.read(), undefined);
});
