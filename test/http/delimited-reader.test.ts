import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DelimitedReader } from "../../src/http/delimited-reader.ts";
import { httpErrors } from "../../src/http/http-error.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

const CRLF = bytesOf("\r\n");
const DELIMITER = bytesOf("\r\n--x");
const nothing = new Uint8Array();

function reader(...chunks: string[]): DelimitedReader {
  return new DelimitedReader(streamOf(chunks.map(bytesOf)), nothing, "too early");
}

async function takeAll(source: DelimitedReader, delimiter = DELIMITER): Promise<string> {
  let text = "";
  for (let piece = await source.takePiece(delimiter); piece !== undefined; ) {
    text += new TextDecoder().decode(piece);
    piece = await source.takePiece(delimiter);
  }
  return text;
}

test("pieces end where the delimiter begins, wherever the chunks are cut", async () => {
  const whole = "\r\r\n-\r\n--\r\n--y\r\n\r\n--x-\r\n--xrest\r\n--x";
  for (let first = 0; first <= whole.length; first++) {
    for (let second = first; second <= whole.length; second++) {
      const source = reader(whole.slice(0, first), whole.slice(first, second), whole.slice(second));
      assert.equal(await takeAll(source), "\r\r\n-\r\n--\r\n--y\r\n");
      assert.equal(await takeAll(source), "-");
      assert.equal(await takeAll(source), "rest");
    }
  }
});

test("any bytes in any chunks: what stands before the delimiter, and what after it", async () => {
  const near = fc.array(fc.constantFrom("\r", "\n", "-", "--", "\r\n", "\r\n--", "\r\n-x", "x", "y"), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(near, near, fc.array(fc.nat(6), { maxLength: 20 }), async (before, after, sizes) => {
      const whole = `${before.join("")}\r\n--x${after.join("")}\r\n--x`;
      const chunks = sizes.map((size, at) => {
        const start = sizes.slice(0, at).reduce((sum, one) => sum + one, 0);
        return whole.slice(start, start + size);
      });
      const sent = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      const source = reader(...chunks, whole.slice(sent));
      const [first, second] = whole.split("\r\n--x");
      assert.deepEqual([await takeAll(source), await takeAll(source)], [first, second]);
    }),
    { numRuns: 500 },
  );
});

test("a line is taken whole, up to its bound", async () => {
  const source = reader("ab", "c\r", "\nd\r\r\n\r\nlong li", "ne\r\n");
  assert.deepEqual(await source.takeBefore(CRLF, 3), bytesOf("abc"));
  assert.deepEqual(await source.takeBefore(CRLF, 3), bytesOf("d\r"));
  assert.deepEqual(await source.takeBefore(CRLF, 0), bytesOf(""));
  assert.equal(await source.takeBefore(CRLF, 8), undefined);
});

test("skips what comes next, and only that", async () => {
  const source = reader("-", "-a\r\n");
  assert.equal(await source.skip(bytesOf("--")), true);
  assert.equal(await source.skip(bytesOf("b")), false);
  assert.deepEqual(await source.takeBefore(CRLF, 9), bytesOf("a"));
});

test("a stream that ends too early is told in the given words", async () => {
  for (const read of [
    (source: DelimitedReader) => takeAll(source),
    (source: DelimitedReader) => source.takeBefore(CRLF, 99),
    (source: DelimitedReader) => source.skip(bytesOf("abcd")),
  ]) {
    await assert.rejects(read(reader("abc")), (error) => {
      assert.ok(error instanceof httpErrors.BadRequest);
      assert.equal(error.message, "too early");
      return true;
    });
  }
});

test("a piece is the caller's own memory, also of a view", async () => {
  const store = bytesOf("..abc\r\n--x..");
  const chunks = [store.subarray(2, 10)];
  const piece = await new DelimitedReader(streamOf(chunks), nothing, "").takePiece(DELIMITER);
  assert.deepEqual(piece, bytesOf("abc"));
  assert.equal(piece?.buffer.byteLength, 3);
});

test("released, it cancels what is left, and a read under way is told", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    cancel() {
      cancelled = true;
    },
  });
  const source = new DelimitedReader(stream, nothing, "too early");
  const read = assert.rejects(source.takePiece(DELIMITER), /^TypeError: .*the loop over the parts was left/);
  source.release();
  await read;
  assert.deepEqual([cancelled, stream.locked], [true, false]);
});

test("drained, it has read to the end, and cancels nothing", async () => {
  const state = { cancelled: false };
  const stream = streamOf([bytesOf("a"), bytesOf("b")], state);
  const source = new DelimitedReader(stream, nothing, "");
  await source.drain();
  source.release();
  assert.deepEqual([state.cancelled, stream.locked], [false, false]);
});

test("many near-delimiters are told from the one, whatever the chunks", async () => {
  for (const part of ["\r", "\r\n", "\r\n--", "\r\n-\r", "a\r\n--"]) {
    const text = part.repeat(Math.floor(50_000 / part.length));
    await takeAll(reader(...text, "\r\n--x"), DELIMITER);
    await takeAll(reader(text, "\r\n--x"), DELIMITER);
    const line = await reader(...text, "\r\n--x").takeBefore(DELIMITER, 999_999);
    assert.equal(line?.length, text.length);
  }
});
