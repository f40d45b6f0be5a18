import assert from "node:assert/strict";
import { test } from "node:test";
import { wholeLength } from "../../src/wire/whole-length.ts";

test("a character that is cut off is left for the next chunk", () => {
  for (const character of ["a", "\u00e9", "\u20ac", "\u{1f388}"]) {
    const bytes = new TextEncoder().encode(`ab${character}`);
    for (let cut = 2; cut < bytes.length; cut++)
      assert.equal(wholeLength(bytes.subarray(0, cut)), 2, character);
    assert.equal(wholeLength(bytes), bytes.length, character);
  }
  assert.equal(wholeLength(new Uint8Array()), 0);
});

test("bytes that can become no character are whole", () => {
  for (const bytes of [[0x80], [0x80, 0x80, 0x80], [0xf0, 0x9f, 0x8e, 0x88, 0x80], [0xe2, 0x41]]) {
    assert.equal(wholeLength(Uint8Array.from(bytes)), bytes.length, bytes.join());
  }
});
