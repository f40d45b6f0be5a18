import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDecoder, type DecoderLimits } from "../../src/wire/decode.ts";
import { DecodeLimitError } from "../../src/wire/decode-limit-error.ts";

function run(stream: string, size: number, limits: DecoderLimits): { events: string[]; code: string } {
  const events: string[] = [];
  const decoder = createDecoder({ onEvent: (event) => events.push(event.data) }, limits);
  try {
    for (let at = 0; at < stream.length; at += size) decoder.feed(stream.slice(at, at + size));
  } catch (error) {
    assert.ok(error instanceof DecodeLimitError);
    return { events, code: `${error.code} ${error.limit}` };
  }
  return { events, code: "none" };
}

describe("the limits of a decoder", () => {
  const table: [what: string, limits: DecoderLimits, stream: string, events: string[], code: string][] = [
    ["a line of the limit", { maxLineLength: 8 }, "data: ab\n\n", ["ab"], "none"],
    ["a line over it", { maxLineLength: 8 }, "data: a\n\ndata: abc\n\n", ["a"], "line-too-long 8"],
    ["a line over it without an end", { maxLineLength: 8 }, "data: a\n\ndata: abc", ["a"], "line-too-long 8"],
    ["a CRLF, no part of its line", { maxLineLength: 8 }, "data: ab\r\n\r\n", ["ab"], "none"],
    ["a BOM, no part of its line", { maxLineLength: 8 }, "\ufeffdata: ab\n\n", ["ab"], "none"],
    ["a comment over it", { maxLineLength: 8 }, ": 3456789\n", [], "line-too-long 8"],
    [
      "an event of the limit",
      { maxEventLength: 3 },
      "data: abc\n\ndata: a\ndata: b\n\n",
      ["abc", "a\nb"],
      "none",
    ],
    [
      "one line over the event limit",
      { maxEventLength: 3 },
      "data: x\n\ndata: abcd\n\n",
      ["x"],
      "event-too-long 3",
    ],
    ["two lines over it", { maxEventLength: 3 }, "data: ab\ndata: c\n\n", [], "event-too-long 3"],
    ["empty lines over it", { maxEventLength: 3 }, "data\n".repeat(5), [], "event-too-long 3"],
    ["many events under it", { maxEventLength: 3 }, "data: abc\n\n".repeat(5), Array(5).fill("abc"), "none"],
    [
      "comments and other fields without number",
      { maxLineLength: 9, maxEventLength: 3 },
      `${": 12345\nother: a\nevent: a\nid: 1\n".repeat(50)}data: abc\n\n`,
      ["abc"],
      "none",
    ],
    [
      "CR line ends over the event limit",
      { maxEventLength: 3 },
      "data: abc\rdata: \r\r",
      [],
      "event-too-long 3",
    ],
  ];
  for (const [what, limits, stream, events, code] of table) {
    it(`hold for ${what}, however it is chunked`, () => {
      for (const size of [stream.length, 1, 2, 3, 5]) {
        assert.deepEqual(run(stream, size, limits), { events, code }, `by ${size}`);
      }
    });
  }

  it("end the decoder until it is reset", () => {
    const events: string[] = [];
    const decoder = createDecoder({ onEvent: (event) => events.push(event.data) }, { maxLineLength: 10 });
    decoder.feed("id: 1\n\n");
    assert.throws(() => decoder.feed("x".repeat(11)), DecodeLimitError);
    assert.throws(() => decoder.feed("\n"), /Cannot feed decoder/);
    assert.equal(decoder.lastEventId, "1");
    decoder.reset();
    decoder.feed("data: x\n\n");
    assert.deepEqual(events, ["x"]);
  });

  it("are 16 Mi UTF-16 code units by default", () => {
    const limit = 16 * 1024 * 1024;
    const lengths: number[] = [];
    const decoder = createDecoder({ onEvent: (event) => lengths.push(event.data.length) });
    decoder.feed(`data:${"x".repeat(limit - 5)}\n\n`);
    assert.deepEqual(lengths, [limit - 5]);
    assert.throws(() => decoder.feed("x".repeat(limit + 1)), { code: "line-too-long", limit });
    decoder.reset();
    const half = `data:${"x".repeat(limit / 2)}\n`;
    assert.throws(() => decoder.feed(half + half), { code: "event-too-long", limit });
  });

  for (const limit of [0, -1, Number.NaN, "5" as never]) {
    it(`are positive numbers, not ${limit}`, () => {
      assert.throws(() => createDecoder({ onEvent() {} }, { maxLineLength: limit }), {
        name: "RangeError",
        message: `Cannot create decoder: maxLineLength ${limit} is not a positive number`,
      });
      assert.throws(() => createDecoder({ onEvent() {} }, { maxEventLength: limit }), RangeError);
    });
  }

  it("may be Infinity", () => {
    assert.deepEqual(run("data: x\n\n", 1, { maxLineLength: Infinity, maxEventLength: Infinity }).events, [
      "x",
    ]);
  });
});

describe("a decoder's work is linear", () => {
  it("in a line of 4 MiB that arrives in chunks of 16 bytes", () => {
    const total = 4 * 1024 * 1024;
    let length = 0;
    const decoder = createDecoder({
      onEvent: (event) => {
        length = event.data.length;
      },
    });
    decoder.feed("data:");
    const chunk = new Uint8Array(16).fill(0x78);
    for (let sent = 0; sent < total; sent += chunk.length) decoder.feed(chunk);
    decoder.feed("\n\n");
    assert.equal(length, total);
  });

  it("in a chunk of 1 MiB whose only CR stands at its end", () => {
    let count = 0;
    const decoder = createDecoder({ onEvent: () => count++ });
    decoder.feed(`${"data: x\n\n".repeat(116_508)}\r`);
    assert.equal(count, 116_508);
  });

  it("in an event of 200,000 lines in small chunks", () => {
    let data = "";
    const decoder = createDecoder({
      onEvent: (event) => {
        data = event.data;
      },
    });
    for (let line = 0; line < 200_000; line++) decoder.feed("data: x\n");
    decoder.feed("\n");
    assert.equal(data.length, 399_999);
  });

  it("in a block of 64 MiB of comments and other fields, of which nothing is kept", () => {
    const seen: string[] = [];
    const decoder = createDecoder(
      { onEvent: (event) => seen.push(event.data) },
      { maxLineLength: 100, maxEventLength: 10 },
    );
    const chunk = `: ${"c".repeat(60)}\nother: ${"o".repeat(60)}\n`.repeat(500);
    decoder.feed("data: a\n");
    for (let sent = 0; sent < 64 * 1024 * 1024; sent += chunk.length) decoder.feed(chunk);
    decoder.feed("data: b\n\n");
    assert.deepEqual(seen, ["a\nb"]);
  });
});
