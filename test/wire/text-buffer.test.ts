import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TextBuffer } from "../../src/wire/text-buffer.ts";

describe("TextBuffer", () => {
  for (const count of [0, 1, 2, 63, 64, 65, 128, 1000]) {
    it(`gives back ${count} pieces in their order, once`, () => {
      const buffer = new TextBuffer();
      const pieces = Array.from({ length: count }, (_, index) => `<${index}>`);
      for (const piece of pieces) buffer.push(piece);
      assert.equal(buffer.length, pieces.join("").length);
      assert.equal(buffer.take(), pieces.join(""));
      assert.equal(buffer.length, 0);
      assert.equal(buffer.take(), "");
    });
  }

  it("is empty after clear", () => {
    const buffer = new TextBuffer();
    buffer.push("old");
    buffer.clear();
    buffer.push("");
    buffer.push("new");
    assert.equal(buffer.take(), "new");
  });
});
