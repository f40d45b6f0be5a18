import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { accepts, acceptsCharsets, acceptsEncodings, acceptsLanguages } from "../../src/http/negotiation.ts";

const negotiators: [typeof accepts, given: string[], any: string][] = [
  [accepts, ["text/html", "json", "image/png"], "*/*"],
  [acceptsEncodings, ["br", "gzip", "zstd"], "*"],
  [acceptsLanguages, ["en-GB", "de", "fr"], "*"],
  [acceptsCharsets, ["utf-8", "latin1"], "*"],
];

test("without the header the first is accepted, or any", () => {
  for (const [negotiate, given, any] of negotiators) {
    assert.equal(negotiate(null, ...given), given[0]);
    assert.deepEqual(negotiate(null), [any]);
  }
});

test("the list is sorted by preference, without what is refused", () => {
  assert.deepEqual(accepts("application/json;q=0.2, text/html, image/png;q=0"), [
    "text/html",
    "application/json",
  ]);
  assert.deepEqual(acceptsEncodings("gzip;q=0.5, br, identity;q=0"), ["br", "gzip"]);
  assert.deepEqual(acceptsLanguages("de;q=0.3, en-GB"), ["en-GB", "de"]);
  assert.deepEqual(acceptsCharsets("latin1;q=0.3, utf-8"), ["utf-8", "latin1"]);
});

const media: [accept: string, types: string[], best: string | undefined][] = [
  ["application/json;q=0.2, text/html", ["json", "html"], "html"],
  ["application/json;q=0.2, text/html", ["application/json"], "application/json"],
  ["text/*", ["application/json", "text/plain"], "text/plain"],
  ["text/*, text/html;q=0", ["text/html"], undefined],
  ["image/png", ["html", "text/plain"], undefined],
  ["*/*", ["nobody-knows", "json"], "json"],
  ["*/*", ["constructor", "__proto__"], undefined],
  ["application/json", ["json", "application/json"], "json"],
  // The charset is the one that it is sent with.
  ["text/html; charset=utf-8", ["html"], "html"],
  ["text/html; charset=utf-8", ["text/html"], "text/html"],
  ["text/html; charset=latin1", ["html"], undefined],
  ["", ["html"], "html"],
  [" , ", ["html"], undefined],
];

for (const [accept, types, best] of media) {
  test(`of ${types} the client that accepts "${accept}" gets ${best}`, () => {
    assert.equal(accepts(accept, ...types), best);
  });
}

test("identity is a coding that is accepted unless it is refused, and alone with an empty header", () => {
  assert.equal(acceptsEncodings("gzip", "br", "identity"), "identity");
  assert.equal(acceptsEncodings("br, gzip", "gzip", "br", "identity"), "br");
  assert.equal(acceptsEncodings("", "gzip", "identity"), "identity");
  assert.equal(acceptsEncodings("", "gzip"), undefined);
  assert.equal(acceptsEncodings("gzip, identity;q=0", "br", "identity"), undefined);
  assert.equal(acceptsEncodings("*;q=0", "identity"), undefined);
});

test("a language goes for its kinds, and a kind for the language", () => {
  assert.equal(acceptsLanguages("en", "de", "en-GB"), "en-GB");
  assert.equal(acceptsLanguages("en-GB", "de", "en"), "en");
  assert.equal(acceptsLanguages("en-GB;q=0, en", "en-GB"), undefined);
  assert.equal(acceptsLanguages("", "de"), "de");
});

test("a header is read to the last whole element of its first 4096 characters", () => {
  const padding = (length: number) => "a/b,".repeat(length / 4);
  assert.equal(accepts(`${padding(4000)}text/html`, "html"), "html");
  assert.equal(accepts(`${padding(4096)}text/html`, "html"), undefined);
  // Cut in two, the last element would say the contrary.
  assert.equal(accepts(`${padding(4080)}text/html;q=0.000`, "html"), undefined);
  assert.equal(acceptsEncodings("x".repeat(5000), "gzip"), undefined);
});

const element = fc.oneof(
  fc.constantFrom(
    "text/html",
    "application/json",
    "*/*",
    "text/*",
    "gzip",
    "br",
    "en",
    "en-GB",
    "*",
    "utf-8",
  ),
  fc.string({ maxLength: 8 }),
);
const quality = fc.constantFrom("", ";q=0", ";q=0.5", ";q=1", ";q=", ";q=x", ";q=-1", ';q="0', ";a=b;q=0.1");
const header = fc
  .array(fc.tuple(element, quality), { maxLength: 12 })
  .map((parts) => parts.map((part) => part.join("")).join(", "));

test("whatever the header, the answer is one of the given, or none, and nothing is thrown", () => {
  fc.assert(
    fc.property(header, (text) => {
      for (const [negotiate, given] of negotiators) {
        const best = negotiate(text, ...given);
        assert.ok(best === undefined || given.includes(best));
        assert.ok(Array.isArray(negotiate(text)));
      }
    }),
    { numRuns: 500 },
  );
});

test("what the header refuses by name never wins", () => {
  fc.assert(
    fc.property(header, fc.nat(2), (text, index) => {
      for (const [negotiate, given] of negotiators) {
        const refused = given[Math.min(index, given.length - 1)] ?? "";
        const name = refused === "json" ? "application/json" : refused;
        // Elements that name it too could be as exact, and say otherwise.
        fc.pre(!text.toLowerCase().includes(name.toLowerCase()) && !text.includes('"'));
        assert.notEqual(negotiate(`${name};q=0, ${text}`, ...given), refused);
      }
    }),
    { numRuns: 500 },
  );
});

test("a long header gives one of what is given, or nothing", () => {
  const hostile = ["a,", ";", '"', "\\", " ", "*/*;q=0.1,", "a/b;", "=", ";q="];
  for (const part of hostile) {
    const text = part.repeat(100_000);
    for (const [negotiate, given] of negotiators) {
      const chosen = negotiate(text, ...given);
      assert.ok(chosen === undefined || given.includes(String(chosen)));
    }
  }
});
