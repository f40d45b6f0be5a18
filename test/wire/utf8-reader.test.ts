import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Utf8Reader } from "../../src/wire/utf8-reader.ts";

describe("Utf8Reader", () => {
  it("gives the text of the whole wherever the bytes are cut, valid or not", () => {
    const byte = fc.oneof(
      fc.nat(255),
      fc.constantFrom(0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xbb, 0xf0, 0x9f, 0xf4, 0xf8, 0xff),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 24 }), fc.array(fc.nat(5), { maxLength: 24 }), (all, sizes) => {
        const bytes = new Uint8Array(all);
        const reader = new Utf8Reader();
        let text = "";
        let at = 0;
        for (const size of sizes) {
          text += reader.read(bytes.slice(at, at + size));
          at += size;
        }
        text += reader.read(bytes.slice(at)) + reader.flush();
        assert.equal(text, new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
        assert.equal(reader.pending, false);
      }),
      { numRuns: 500 },
    );
  });

  it("keeps every byte order mark, also at the start of a chunk", () => {
    const reader = new Utf8Reader();
    const mark = new Uint8Array([0xef, 0xbb, 0xbf]);
    assert.equal(
      reader.read(mark) + reader.read(mark.slice(0, 1)) + reader.read(mark.slice(1)),
      "\ufeff\ufeff",
    );
  });

  it("does not look again at a chunk whose memory is used for another", () => {
    const reader = new Utf8Reader();
    const chunk = new Uint8Array([0x61, 0xc3]);
    assert.equal(reader.read(chunk), "a");
    chunk.fill(0);
    assert.equal(reader.pending, true);
    assert.equal(reader.read(new Uint8Array([0xa4])), "ä");
  });
});
