import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDecoder, type DecodedEvent, type DecoderOptions } from "../../src/wire/decode.ts";

type Heard = DecodedEvent | { retry: number } | { comment: string };

function listen(options?: DecoderOptions) {
  const heard: Heard[] = [];
  const decoder = createDecoder(
    {
      onEvent: (event) => heard.push(event),
      onRetry: (retry) => heard.push({ retry }),
      onComment: (comment) => heard.push({ comment }),
    },
    options,
  );
  return { decoder, heard };
}

function message(data: string, lastEventId = "", type = "message"): DecodedEvent {
  return { type, data, lastEventId };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe("the decoder, by the standard's rules,", () => {
  const table: [rule: string, stream: string, heard: Heard[]][] = [
    ["ends lines at LF", "data: a\n\n", [message("a")]],
    ["ends lines at CR", "data: a\r\rdata: b\r\r", [message("a"), message("b")]],
    ["ends lines at CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", [message("a"), message("b")]],
    [
      "ends lines at any mix",
      "data: a\r\n\ndata: b\r\r\ndata: c\n\rdata: d\n\n",
      ["a", "b", "c", "d"].map((d) => message(d)),
    ],
    [
      "does not end lines at U+2028, U+2029, U+0085, VT or FF",
      "data: a\u2028\u2029\u0085\v\f\n\n",
      [message("a\u2028\u2029\u0085\v\f")],
    ],
    ["strips one leading BOM", "\ufeffdata: a\n\n", [message("a")]],
    ["strips only one BOM", "\ufeff\ufeffdata: a\n\ndata: b\n\n", [message("b")]],
    [
      "keeps a BOM further on",
      "data: \ufeffa\n\n\ufeffdata: b\n\ndata: \ufeff\n\n",
      [message("\ufeffa"), message("\ufeff")],
    ],
    ["joins data lines by LF", "data: a\ndata\ndata:b\ndata:\n\n", [message("a\n\nb\n")]],
    ["removes one leading space", "data:  a\ndata: b\ndata:c\ndata:\td\n\n", [message(" a\nb\nc\n\td")]],
    [
      "takes a line without a colon as a field without a value",
      "data\n\ndata\ndata\n\n",
      [message(""), message("\n")],
    ],
    ["takes the value after the first colon", "data: a: b:c\n\n", [message("a: b:c")]],
    [
      "ignores other fields, and knows its own by their exact name",
      "Data: x\ndat: x\ndatas: x\n data: x\neventx: x\nevent : x\nidx: 1\ni: 1\nid : 1\nretry : 1\nfoo\n:\ndata:a\n\n",
      [{ comment: "" }, message("a")],
    ],
    ["takes the type of the last event line", "event: a\nevent:b\ndata: x\n\n", [message("x", "", "b")]],
    ["has the type message by default, for an empty one too", "event: a\nevent\ndata: x\n\n", [message("x")]],
    [
      "forgets the type after each block",
      "event: a\ndata: x\n\ndata: y\n\n",
      [message("x", "", "a"), message("y")],
    ],
    ["forgets the type of a block without data", "event: a\n\ndata: y\n\n", [message("y")]],
    ["dispatches nothing without data", "event: a\nid: 1\n\n\n\n", []],
    [
      "keeps the id for later events",
      "id: 1\ndata: x\n\ndata: y\n\n",
      [message("x", "1"), message("y", "1")],
    ],
    ["takes the id of a block without data", "id: 1\n\ndata: y\n\n", [message("y", "1")]],
    ["takes an id wherever in the block it stands", "data: x\nid: 1\n\n", [message("x", "1")]],
    [
      "resets the id at an empty one",
      "id: 1\n\nid\ndata: x\n\nid: 2\n\nid:\ndata: y\n\nid: 3\n\nid: \ndata: z\n\n",
      ["x", "y", "z"].map((d) => message(d)),
    ],
    [
      "ignores an id with NUL",
      "id: 1\ndata: x\n\nid: 2\0\ndata: y\n\nid: \0\ndata: z\n\n",
      ["x", "y", "z"].map((d) => message(d, "1")),
    ],
    ["keeps NUL in data and type", "event: \0\ndata: \0\n\n", [message("\0", "", "\0")]],
    [
      "tells of a retry at its line's end",
      "data: x\nretry: 10\n\nretry:7\n",
      [{ retry: 10 }, message("x"), { retry: 7 }],
    ],
    [
      "ignores a retry that is not of ASCII digits",
      "retry: -1\nretry: 1.5\nretry: 1e3\nretry:\nretry\nretry:  1\nretry: 1 \nretry: ١\nretry: 0x1\nretry: Infinity\n",
      [],
    ],
    ["reads a retry in base ten", "retry: 0\nretry: 010\n", [{ retry: 0 }, { retry: 10 }]],
    [
      "clamps a retry to 2^31 - 1",
      `retry: 2147483647\nretry: 2147483648\nretry: 99999999999\nretry: ${"9".repeat(400)}\n`,
      Array(4).fill({ retry: 2147483647 }),
    ],
    [
      "tells of comments without their colon and one space",
      ": a\n:b\n:\n:  c:\ndata: x\n\n",
      [{ comment: "a" }, { comment: "b" }, { comment: "" }, { comment: " c:" }, message("x")],
    ],
    ["drops a block without its blank line", "data: a\n\ndata: b\n", [message("a")]],
    ["drops a line without its end", "data: a\n\nretry: 1", [message("a")]],
  ];
  for (const [rule, stream, expected] of table) {
    it(rule, () => {
      const bytes = bytesOf(stream);
      for (const size of [Infinity, 1, 2, 3, 7]) {
        const asText = listen();
        for (let at = 0; at < stream.length; at += size) asText.decoder.feed(stream.slice(at, at + size));
        asText.decoder.reset();
        assert.deepEqual(asText.heard, expected, `text by ${size}`);
        const asBytes = listen();
        for (let at = 0; at < bytes.length; at += size) asBytes.decoder.feed(bytes.subarray(at, at + size));
        asBytes.decoder.reset();
        assert.deepEqual(asBytes.heard, expected, `bytes by ${size}`);
      }
    });
  }

  it("replaces invalid bytes by U+FFFD", () => {
    const { decoder, heard } = listen();
    decoder.feed(new Uint8Array([...bytesOf("data: "), 0xff, 0xe0, 0x80, 0xf0, 0x9f, 0x0a, 0x0a]));
    assert.deepEqual(heard, [message("\ufffd\ufffd\ufffd\ufffd")]);
  });

  it("ends a line at CR without waiting for the next byte, and takes a later LF as part of it", () => {
    const { decoder, heard } = listen();
    decoder.feed("data: a\r\r");
    assert.deepEqual(heard, [message("a")]);
    decoder.feed("");
    decoder.feed("\ndata: b\r");
    decoder.feed("\n");
    assert.equal(heard.length, 1);
    decoder.feed("\r");
    assert.deepEqual(heard, [message("a"), message("b")]);
    decoder.feed("\ndata: c\n\n");
    assert.deepEqual(heard.slice(2), [message("c")]);
  });

  it("lets an id count only at the blank line", () => {
    const { decoder } = listen();
    decoder.feed("id: 1\ndata: x\n");
    assert.equal(decoder.lastEventId, "");
    decoder.feed("\n");
    assert.equal(decoder.lastEventId, "1");
  });
});

describe("a decoder", () => {
  it("begins with the last event id it is given", () => {
    const { decoder, heard } = listen({ lastEventId: "9" });
    assert.equal(decoder.lastEventId, "9");
    decoder.feed("data: x\n\n");
    assert.deepEqual(heard, [message("x", "9")]);
  });

  it("takes bytes and strings in turn", () => {
    const { decoder, heard } = listen();
    decoder.feed(bytesOf("data: ä"));
    decoder.feed("ö");
    decoder.feed(new Uint8Array([0xc3]));
    decoder.feed("\n\n");
    assert.deepEqual(heard, [message("äö\ufffd")]);
  });

  it("calls the handlers as methods of their object", () => {
    const handlers = {
      seen: "",
      onEvent(event: DecodedEvent) {
        this.seen += event.data;
      },
    };
    createDecoder(handlers).feed("retry: 1\n: c\ndata: x\n\n");
    assert.equal(handlers.seen, "x");
  });

  for (const rest of ["data: lost\nevent: lost\nid: lost\nda", "data: lost\r", "\ufeff", "data: ä"]) {
    it(`reset after ${JSON.stringify(rest)} begins a new stream and keeps the last event id`, () => {
      const { decoder, heard } = listen();
      decoder.feed("id: 1\ndata: x\n\n");
      decoder.feed(bytesOf(rest).slice(0, rest.endsWith("ä") ? -1 : undefined));
      decoder.reset();
      assert.equal(decoder.lastEventId, "1");
      decoder.feed("\ufeffdata: y\n\n");
      assert.deepEqual(heard, [message("x", "1"), message("y", "1")]);
    });
  }

  it("drops the rest of the chunk when a handler resets it, and takes what the handler feeds", () => {
    for (const stream of [
      "data: a\n\ndata: b\n\n",
      "data: a\ndata: \n\ndata: b\n\n",
      ": c\ndata: b\n\n",
      "retry: 1\ndata: b\n\nid",
    ]) {
      for (const cut of [0, 1]) {
        let count = 0;
        const events: string[] = [];
        const again = () => {
          if (count++ > 0) return;
          decoder.reset();
          decoder.feed("data: fresh\n\n");
        };
        const decoder = createDecoder({
          onEvent: (event) => {
            events.push(event.data);
            again();
          },
          onRetry: again,
          onComment: again,
        });
        decoder.feed(stream.slice(0, cut));
        decoder.feed(stream.slice(cut));
        assert.equal(events.includes("b"), false, stream);
        decoder.feed("data: later\n\n");
        assert.deepEqual(events.slice(-2), ["fresh", "later"]);
      }
    }
  });

  it("refuses to be fed by its own handler", () => {
    let refusal: unknown;
    const decoder = createDecoder({
      onEvent: () => {
        try {
          decoder.feed("data: y\n\n");
        } catch (error) {
          refusal = error;
        }
      },
    });
    decoder.feed("data: x\n\n");
    assert.match(String(refusal), /Cannot feed decoder: an earlier feed did not finish, reset it first$/);
  });

  it("lets through what a handler throws, and takes nothing more until reset", () => {
    const events: string[] = [];
    const decoder = createDecoder({
      onEvent: (event) => {
        if (event.data === "bad") throw new Error("mine");
        events.push(event.data);
      },
    });
    assert.throws(() => decoder.feed("data: bad\n\ndata: lost\n\n"), /mine/);
    assert.throws(() => decoder.feed("data: x\n\n"), /Cannot feed decoder/);
    decoder.reset();
    decoder.feed("data: y\n\n");
    assert.deepEqual(events, ["y"]);
  });
});
