import assert from "node:assert/strict";
import { test } from "node:test";
import { layOutByteRanges } from "../../src/http/byte-ranges.ts";

const RANGES = [
  { start: 0, end: 5 },
  { start: 20, end: 22 },
];

function textOf(pieces: ReturnType<typeof layOutByteRanges>["pieces"]): string {
  return pieces
    .map((piece) =>
      piece instanceof Uint8Array ? new TextDecoder().decode(piece) : "x".repeat(piece.end - piece.start + 1),
    )
    .join("");
}

test("each part tells its type and range, and the length is that of the whole", () => {
  const { contentType, length, pieces } = layOutByteRanges(RANGES, 23, "application/json; charset=UTF-8");
  const boundary = /^multipart\/byteranges; boundary=([\w-]{1,70})$/.exec(contentType)?.[1];
  assert.ok(boundary !== undefined, contentType);
  const text = textOf(pieces);
  assert.equal(
    text,
    [
      `--${boundary}`,
      "Content-Type: application/json; charset=UTF-8",
      "Content-Range: bytes 0-5/23",
      "",
      "xxxxxx",
      `--${boundary}`,
      "Content-Type: application/json; charset=UTF-8",
      "Content-Range: bytes 20-22/23",
      "",
      "xxx",
      `--${boundary}--`,
      "",
    ].join("\r\n"),
  );
  assert.equal(length, text.length);
});

test("without a type there is no line of it, and each boundary is another", () => {
  const one = layOutByteRanges(RANGES, 23);
  assert.ok(!textOf(one.pieces).includes("Content-Type"));
  assert.notEqual(one.contentType, layOutByteRanges(RANGES, 23).contentType);
});
