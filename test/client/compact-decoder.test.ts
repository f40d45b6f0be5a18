import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventSourceError } from "../../src/client/client-error.ts";
import { createCompactDecoder } from "../../src/client/compact-decoder.ts";
import { createDecoder, type DecoderHandlers, type DecoderOptions } from "../../src/wire/decode.ts";
import { bytesOf } from "../support/byte-stream.ts";

type Create = (
  handlers: DecoderHandlers,
  options?: DecoderOptions,
) => { feed(chunk: Uint8Array | string): void; lastEventId: string };

/** All that a decoder tells of a stream in chunks. */
function decodeWith(
  create: Create,
  chunks: readonly (Uint8Array | string)[],
  options: DecoderOptions = {},
): unknown[] {
  const told: unknown[] = [];
  const decoder = create(
    {
      onEvent: (event) => told.push({ ...event }),
      onComment: (text) => told.push({ comment: text }),
      onRetry: (retryMs) => told.push({ retryMs }),
    },
    options,
  );
  try {
    for (const chunk of chunks) decoder.feed(chunk);
  } catch (error) {
    assert.ok(
      error instanceof RangeError || (error instanceof EventSourceError && error.code === "too-long"),
    );
    told.push("too long");
  }
  return [...told, decoder.lastEventId];
}

/** Streams of the pieces that matter, and some that do not. */
const piece = fc.constantFrom(
  "data",
  "data:",
  "data: ",
  "data:  x",
  "event: named",
  "event:",
  "id: 7",
  "id",
  "id: a\0b",
  "retry: 10",
  "retry: 99999999999",
  "retry: x",
  "retry",
  ": comment",
  ":",
  "unknown: x",
  "dat",
  "é✓\u{1f333}",
  "\ufeff",
  " ",
  "\0",
  "\n",
  "\n",
  "\n",
  "\r",
  "\r\n",
  "\r\n",
  "\r\r",
  "\n\n",
);
const bytes = fc
  .array(fc.oneof({ weight: 20, arbitrary: piece.map(bytesOf) }, fc.uint8Array({ maxLength: 3 })), {
    maxLength: 60,
  })
  .map((parts) => Buffer.concat(parts));

/** Cuts into chunks of the lengths that `cuts` gives, again and again. */
function chunksOf(whole: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < whole.length; turn++) {
    const length = cuts[turn % cuts.length] ?? 1;
    chunks.push(whole.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

test("it tells what the decoder of dodona/wire tells, for any stream in any chunks", () => {
  fc.assert(
    fc.property(bytes, cuts, fc.constantFrom("", "before"), (whole, lengths, lastEventId) => {
      const chunks = chunksOf(whole, lengths);
      const expected = decodeWith(createDecoder, chunks, { lastEventId });
      assert.deepEqual(decodeWith(createCompactDecoder, chunks, { lastEventId }), expected);
    }),
    { numRuns: 1000 },
  );
});

test("it tells the same for text", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.array(piece).map((parts) => parts.join("")),
        { maxLength: 10 },
      ),
      (chunks) => {
        assert.deepEqual(decodeWith(createCompactDecoder, chunks), decodeWith(createDecoder, chunks));
      },
    ),
  );
});

test("its limits are those of the decoder of dodona/wire", () => {
  fc.assert(
    fc.property(
      // Not every byte: what is no UTF-8 counts a chunk earlier or later.
      fc.array(piece).map((parts) => bytesOf(parts.join(""))),
      cuts,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 10 }),
      (whole, lengths, maxLineLength, maxEventLength) => {
        const limits = { maxLineLength, maxEventLength };
        const chunks = chunksOf(whole, lengths);
        const expected = decodeWith(createDecoder, chunks, limits);
        const told = decodeWith(createCompactDecoder, chunks, limits);
        assert.deepEqual(told.slice(0, -1), expected.slice(0, -1));
      },
    ),
    { numRuns: 1000 },
  );
});

test("a long line in small chunks takes a time in proportion to its length", () => {
  const feedLine = (length: number) => {
    let seen = 0;
    const decoder = createCompactDecoder({ onEvent: ({ data }) => (seen = data.length) });
    const start = performance.now();
    decoder.feed("data: ");
    const chunk = bytesOf("x".repeat(16));
    for (let at = 0; at < length; at += 16) decoder.feed(chunk);
    decoder.feed("\n\n");
    assert.equal(seen, length);
    return performance.now() - start;
  };
  feedLine(2 ** 18);
  const best = (length: number) => Math.min(feedLine(length), feedLine(length), feedLine(length));
  const ratio = best(2 ** 21) / best(2 ** 18);
  assert.ok(ratio < 40, `8 times the length took ${ratio} times as long`);
});
