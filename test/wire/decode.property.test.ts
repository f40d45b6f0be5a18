import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createDecoder } from "../../src/wire/decode.ts";
import { encodeComment, encodeFrame, toBytes } from "../../src/wire/encode.ts";
import { frame } from "../../src/wire/frame.ts";

/** What a decoder told, in its order. */
type Heard = (string | number)[];

function decode(chunks: Iterable<Uint8Array | string>): Heard[] {
  const heard: Heard[] = [];
  const decoder = createDecoder({
    onEvent: ({ type, data, lastEventId }) => heard.push(["event", type, data, lastEventId]),
    onRetry: (retryMs) => heard.push(["retry", retryMs]),
    onComment: (text) => heard.push(["comment", text]),
  });
  for (const chunk of chunks) decoder.feed(chunk);
  heard.push(["last", decoder.lastEventId]);
  return heard;
}

/** The standard's steps over the whole text, as plainly as they can be written. */
function decodePlainly(text: string): Heard[] {
  const heard: Heard[] = [];
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  lines.pop();
  let [data, type, id, last] = ["", "", "", ""];
  for (const line of lines) {
    if (line === "") {
      last = id;
      if (data !== "") heard.push(["event", type || "message", data.slice(0, -1), last]);
      [data, type] = ["", ""];
      continue;
    }
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "" && colon === 0) heard.push(["comment", value]);
    if (field === "data") data += `${value}\n`;
    if (field === "event") type = value;
    if (field === "id" && !value.includes("\0")) id = value;
    if (field === "retry" && /^[0-9]+$/.test(value))
      heard.push(["retry", Math.min(Number(value), 2147483647)]);
  }
  heard.push(["last", last]);
  return heard;
}

function* cut<Whole extends Uint8Array | string>(
  whole: Whole,
  sizes: number[],
): Generator<Uint8Array | string> {
  let at = 0;
  for (const size of sizes) {
    yield whole.slice(at, at + size);
    at += size;
  }
  yield whole.slice(at);
}

const asText = new TextDecoder("utf-8", { ignoreBOM: true });
const asReceived = (text: string) => asText.decode(new TextEncoder().encode(text));

const awkward = fc.constantFrom(
  "\r",
  "\n",
  "\r\n",
  "\0",
  "\ufeff",
  ":",
  " ",
  "\ud800",
  "\udc00",
  "😀",
  "é",
  "data",
  "data: ",
  "\u2028",
);
const text = fc
  .array(fc.oneof(awkward, fc.string({ unit: "binary", maxLength: 3 }), fc.string({ maxLength: 5 })), {
    maxLength: 8,
  })
  .map((parts) => parts.join(""));
const word = text.map((value) => value.replace(/[\r\n\0]/g, ""));
const init = fc.record({
  type: fc.option(word, { nil: undefined }),
  data: fc.option(text, { nil: undefined }),
  id: fc.option(fc.oneof(word, fc.integer(), fc.bigInt()), { nil: undefined }),
  retry: fc.option(fc.nat(2147483647), { nil: undefined }),
});
const sizes = fc.array(fc.nat(9), { maxLength: 30 });
const part = fc.oneof(
  fc.constantFrom(
    "data",
    "event",
    "id",
    "retry",
    ":",
    ": ",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\ufeff",
    "\0",
    "7",
    "x",
    " ",
  ),
  fc.constantFrom(
    "data: a\n\n",
    "event: e\n",
    "id: 1\n",
    "id\r\n",
    "retry: 5\r",
    ":c\n",
    "data:b\r\n\r\n",
    "data\r\r",
  ),
  fc.string({ unit: "binary", maxLength: 3 }),
);
const stream = fc.array(part, { maxLength: 25 }).map((parts) => parts.join(""));

describe("decode(encode(x)) is x", () => {
  it("for any frames and comments, at every split point, as bytes and as text", () => {
    fc.assert(
      fc.property(fc.array(init, { minLength: 1, maxLength: 3 }), text, (inits, comment) => {
        const expected: Heard[] = comment.split(/\r\n|\r|\n/).map((line) => ["comment", line]);
        let last = "";
        for (const { type, data, id, retry } of inits) {
          if (retry !== undefined) expected.push(["retry", retry]);
          if (id !== undefined) last = String(id);
          if (data === undefined) continue;
          expected.push(["event", type || "message", data.replace(/\r\n|\r/g, "\n"), last]);
        }
        expected.push(["last", last]);
        const sent = encodeComment(comment) + inits.map((one) => encodeFrame(frame(one))).join("");
        const received = expected.map((heard) =>
          heard.map((one) => (typeof one === "string" ? asReceived(one) : one)),
        );
        for (let at = 0; at <= sent.length; at++) assert.deepEqual(decode(cut(sent, [at])), expected);
        const bytes = toBytes(sent);
        for (let at = 0; at <= bytes.length; at++) assert.deepEqual(decode(cut(bytes, [at])), received);
      }),
      { numRuns: 100 },
    );
  });
});

describe("a decoder agrees with the standard's steps over the whole text", () => {
  it("for strings in any chunks", () => {
    fc.assert(
      fc.property(stream, sizes, (whole, cuts) => {
        assert.deepEqual(decode(cut(whole, cuts)), decodePlainly(whole));
      }),
      { numRuns: 1000 },
    );
  });

  it("for bytes in any chunks", () => {
    fc.assert(
      fc.property(stream, sizes, (whole, cuts) => {
        assert.deepEqual(decode(cut(toBytes(whole), cuts)), decodePlainly(asReceived(whole)));
      }),
      { numRuns: 1000 },
    );
  });

  it("for random bytes, without ever throwing", () => {
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(...toBytes("data:id\r\n\n event\0\ufeff😀")));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), sizes, (all, cuts) => {
        const bytes = new Uint8Array(all);
        assert.deepEqual(decode(cut(bytes, cuts)), decodePlainly(asText.decode(bytes)));
      }),
      { numRuns: 1000 },
    );
  });
});
