import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { frame } from "../../src/wire/frame.ts";

// biome-ignore lint/suspicious/noExplicitAny: what callers without a compiler may pass.
type Anything = any;

describe("frame", () => {
  it("keeps type, data, id and retry", () => {
    const framed = frame({ type: "ping", data: "a\nb", id: "7", retry: 10 });
    assert.deepEqual({ ...framed }, { type: "ping", data: "a\nb", id: "7", retry: 10 });
  });

  it("gives undefined for what was left out or undefined", () => {
    const none = { type: undefined, data: undefined, id: undefined, retry: undefined };
    assert.deepEqual({ ...frame({}) }, none);
    assert.deepEqual({ ...frame(none) }, none);
  });

  it('takes type "" as none, and keeps an empty id and empty data', () => {
    const framed = frame({ type: "", data: "", id: "" });
    assert.deepEqual({ ...framed }, { type: undefined, data: "", id: "", retry: undefined });
  });

  for (const [id, text] of [
    [0, "0"],
    [-0, "0"],
    [1234, "1234"],
    [1.5, "1.5"],
    [2n ** 64n, "18446744073709551616"],
    ["ünï ", "ünï "],
  ] as const) {
    it(`writes id ${String(id)} of kind ${typeof id} as ${JSON.stringify(text)}`, () => {
      assert.equal(frame({ id }).id, text);
    });
  }

  for (const retry of [0, 1, 2 ** 31 - 1]) {
    it(`takes retry ${retry}`, () => assert.equal(frame({ retry }).retry, retry));
  }

  const refused: [string, Anything, typeof TypeError | typeof RangeError, string][] = [
    [
      "LF in the type",
      { type: "a\nb" },
      TypeError,
      'Cannot frame event type "a\\nb": it contains a line feed',
    ],
    [
      "CR in the type",
      { type: "a\r" },
      TypeError,
      'Cannot frame event type "a\\r": it contains a carriage return',
    ],
    [
      "LF in the id",
      { id: "1\ndata: x" },
      TypeError,
      'Cannot frame event id "1\\ndata: x": it contains a line feed',
    ],
    ["CR in the id", { id: "\r" }, TypeError, 'Cannot frame event id "\\r": it contains a carriage return'],
    ["NUL in the id", { id: "a\0" }, TypeError, 'Cannot frame event id "a\\u0000": it contains a NUL'],
    ["id NaN", { id: Number.NaN }, RangeError, "Cannot frame event id NaN: it is not finite"],
    ["id Infinity", { id: Infinity }, RangeError, "Cannot frame event id Infinity: it is not finite"],
    ["id null", { id: null }, TypeError, "Cannot frame event id null: it is not a string, number or bigint"],
    ["id true", { id: true }, TypeError, "Cannot frame event id true: it is not a string, number or bigint"],
    ["a type that is a number", { type: 1 }, TypeError, "Cannot frame event type 1: it is not a string"],
    [
      "a type that is an object",
      { type: {} },
      TypeError,
      "Cannot frame event type [object Object]: it is not a string",
    ],
    [
      "a type that is a symbol",
      { type: Symbol("s") },
      TypeError,
      "Cannot frame event type Symbol(s): it is not a string",
    ],
    [
      "data that is an array",
      { data: [] },
      TypeError,
      "Cannot frame event data [object Array]: it is not a string",
    ],
    [
      "data that is a function",
      { data() {} },
      TypeError,
      "Cannot frame event data [function]: it is not a string",
    ],
    ["retry of text", { retry: "5" }, TypeError, 'Cannot frame retry "5": it is not a number'],
    ["retry of null", { retry: null }, TypeError, "Cannot frame retry null: it is not a number"],
    ...[Number.NaN, -1, 1.5, 2 ** 31, Infinity].map(
      (retry): [string, Anything, typeof RangeError, string] => [
        `retry ${retry}`,
        { retry },
        RangeError,
        `Cannot frame retry ${retry}: it is not an integer from 0 to 2147483647`,
      ],
    ),
  ];
  for (const [what, init, kind, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => frame(init),
        (error: Error) => error instanceof kind && error.message === message,
      );
    });
  }

  it("cuts a long value short in its message", () => {
    assert.throws(() => frame({ id: `\n${"x".repeat(1e6)}` }), {
      message: `Cannot frame event id "\\n${"x".repeat(59)}"...: it contains a line feed`,
    });
  });

  it("is the only maker of frames, to the compiler", () => {
    // @ts-expect-error An object of the same shape did not pass the gate.
    const forged: ReturnType<typeof frame> = { type: "a\nb", data: "", id: undefined, retry: undefined };
    assert.ok(forged);
  });
});
