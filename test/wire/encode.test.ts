import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeComment, encodeFrame, encodeRetry, toBytes } from "../../src/wire/encode.ts";
import { type FrameInit, frame } from "../../src/wire/frame.ts";

describe("encodeFrame", () => {
  const table: [string, FrameInit, string][] = [
    [
      "the pinned event",
      { type: "ping", id: 1234, data: "foobar" },
      "event: ping\nid: 1234\ndata: foobar\n\n",
    ],
    [
      "all fields in their order",
      { data: "d", retry: 5, id: "i", type: "t" },
      "event: t\nid: i\nretry: 5\ndata: d\n\n",
    ],
    ["no event line for type ''", { type: "", data: "x" }, "data: x\n\n"],
    ["no data line without data", { id: 1 }, "id: 1\n\n"],
    ["empty data", { data: "" }, "data: \n\n"],
    ["LF in the data", { data: "a\nb" }, "data: a\ndata: b\n\n"],
    ["CR in the data", { data: "a\rb" }, "data: a\ndata: b\n\n"],
    ["CRLF in the data", { data: "a\r\nb" }, "data: a\ndata: b\n\n"],
    ["LF CR in the data", { data: "a\n\rb" }, "data: a\ndata: \ndata: b\n\n"],
    ["an event forged by LF LF", { data: "a\n\nevent: x" }, "data: a\ndata: \ndata: event: x\n\n"],
    ["an event forged by CR CR", { data: "a\r\revent: x" }, "data: a\ndata: \ndata: event: x\n\n"],
    ["a trailing line end", { data: "a\n" }, "data: a\ndata: \n\n"],
    ["U+2028 and U+2029, no line ends", { data: "a\u2028b\u2029c" }, "data: a\u2028b\u2029c\n\n"],
    ["a leading space", { data: " a" }, "data:  a\n\n"],
    ["a leading BOM", { data: "\ufeffa" }, "data: \ufeffa\n\n"],
    ["an empty id, which resets", { id: "", data: "a" }, "id: \ndata: a\n\n"],
    ["id 0", { id: 0, data: "a" }, "id: 0\ndata: a\n\n"],
    ["retry 0", { retry: 0 }, "retry: 0\n\n"],
    ["nothing", {}, "\n"],
  ];
  for (const [what, init, text] of table) {
    it(`writes ${what}`, () => assert.equal(encodeFrame(frame(init)), text));
  }
});

describe("encodeComment", () => {
  for (const [text, line] of [
    ["hi", ": hi\n"],
    ["", ": \n"],
    ["a\nb\rc\r\nd", ": a\n: b\n: c\n: d\n"],
    ["a\r\rdata: forged\n\n", ": a\n: \n: data: forged\n: \n: \n"],
  ] as const) {
    it(`writes ${JSON.stringify(text)} as comment lines without a blank line`, () => {
      assert.equal(encodeComment(text), line);
    });
  }
});

describe("encodeRetry", () => {
  it("writes one line", () => assert.equal(encodeRetry(0), "retry: 0\n"));

  it("refuses what the gate refuses", () => {
    assert.throws(() => encodeRetry(Number.NaN), RangeError);
    assert.throws(() => encodeRetry(-1), RangeError);
    assert.throws(() => encodeRetry("1" as never), TypeError);
  });
});

describe("toBytes", () => {
  it("is UTF-8, a lone surrogate becoming U+FFFD", () => {
    assert.deepEqual(
      [...toBytes("aä\ud800😀")],
      [0x61, 0xc3, 0xa4, 0xef, 0xbf, 0xbd, 0xf0, 0x9f, 0x98, 0x80],
    );
  });
});
