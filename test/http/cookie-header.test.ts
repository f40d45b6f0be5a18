import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseCookies } from "../../src/http/cookie-header.ts";
import { serializeCookie } from "../../src/http/set-cookie.ts";

const headers: [header: string | null, cookies: [string, string][]][] = [
  [null, []],
  ["", []],
  ["foo=bar", [["foo", "bar"]]],
  [
    "bar=foo; foo=baz;baz=1234",
    [
      ["bar", "foo"],
      ["foo", "baz"],
      ["baz", "1234"],
    ],
  ],
  ["a=1; a=2", [["a", "1"]]],
  ["a=b=c", [["a", "b=c"]]],
  ["a=", [["a", ""]]],
  ['a="1"', [["a", '"1"']]],
  ["a=%41+", [["a", "%41+"]]],
  [" a = 1 ;", [["a", "1"]]],
  ["a; =b; ;; c=d; e", [["c", "d"]]],
  [
    "constructor=1; __proto__=2; toString=3",
    [
      ["constructor", "1"],
      ["__proto__", "2"],
      ["toString", "3"],
    ],
  ],
];

for (const [header, cookies] of headers) {
  test(`the cookies of ${JSON.stringify(header)} are ${JSON.stringify(cookies)}`, () => {
    assert.deepEqual([...parseCookies(header)], cookies);
  });
}

test("what was not sent is not there, whatever objects know", () => {
  for (const name of ["__proto__", "constructor", "hasOwnProperty"]) {
    assert.equal(parseCookies("a=1").get(name), undefined);
  }
});

test("512 cookies are read, and 32768 characters of them, to the last whole one", () => {
  const many = Array.from({ length: 1000 }, (_, index) => `c${index}=1`).join("; ");
  assert.equal(parseCookies(many).size, 512);
  const long = `a=1; b=${"x".repeat(40_000)}`;
  assert.deepEqual([...parseCookies(long)], [["a", "1"]]);
  assert.deepEqual([...parseCookies(`a=${"x".repeat(40_000)}`)], []);
});

const octet = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const value = fc.string({ unit: octet.filter((character) => !'",;\\'.includes(character)), maxLength: 30 });
const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => /^[\w!#$%&'*+.^`|~-]+$/.test(text));

test("what is set is what comes back", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 10 }),
      (cookies) => {
        // A client sends the first part of what it was sent.
        const sent = cookies.map(([key, text]) => serializeCookie(key, text).split("; ")[0]);
        const received = parseCookies(sent.join("; "));
        assert.deepEqual([...received].sort(), cookies.map(([key, text]) => [key, text]).sort());
      },
    ),
    { numRuns: 300 },
  );
});

test("no header throws, and what is read of it was in it", () => {
  const part = fc.oneof(fc.constantFrom(";", "=", " ", "; ", '"', "%", "a=1", "__proto__=x"), fc.string());
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const header = parts.join("");
      for (const [key, text] of parseCookies(header)) {
        assert.ok(key !== "" && header.includes(key) && header.includes(text));
        assert.ok(!key.includes("=") && !key.includes(";") && !text.includes(";"));
      }
    }),
    { numRuns: 500 },
  );
});

test("no more is read of a long header than its bound", () => {
  for (const part of [";", "=", "a", "a;", "a=;", " ", "; ", '"', "a=1;"]) {
    assert.ok(parseCookies(part.repeat(200_000)).size <= 1);
  }
});
