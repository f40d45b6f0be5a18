import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { essenceOf, matchesMediaType, parametersOf } from "../../src/http/media-type.ts";

const matches: [type: string | null, patterns: string[], found: string | undefined][] = [
  ["text/html; charset=UTF-8", ["text/*"], "text/html"],
  ["text/HTML ;charset=UTF-8", ["text/html"], "text/html"],
  ["image/png", [], "image/png"],
  ["image/png", ["png"], "png"],
  ["image/png", [".png"], ".png"],
  ["image/png", ["*/png"], "image/png"],
  ["image/png", ["*/*"], "image/png"],
  ["image/png", ["text/*", "image/*", "png"], "image/png"],
  ["image/png", ["jpeg", "image/jpeg", "*/jpeg", "bogus", "something/bogus*", "image/png/"], undefined],
  ["application/json", ["html", "json"], "json"],
  ["application/json", ["+json"], undefined],
  ["application/vnd+json", ["json"], undefined],
  ["application/vnd+json", ["+json"], "application/vnd+json"],
  ["application/vnd+json", ["application/*+json"], "application/vnd+json"],
  ["application/vnd+json", ["*/*+json"], "application/vnd+json"],
  ["application/vnd+json", ["*/vnd+json"], "application/vnd+json"],
  ["application/vnd+json", ["text/*+json"], undefined],
  ["application/x-www-form-urlencoded", ["json", "urlencoded"], "urlencoded"],
  ["multipart/form-data; boundary=x", ["multipart"], "multipart"],
  ["multipart/form-data; boundary=x", ["multipart/*"], "multipart/form-data"],
  ["bogus", ["*/*"], undefined],
  ["text/html**/", ["text/*"], undefined],
  ["text/html", ["constructor", "__proto__", ""], undefined],
  [null, ["*/*"], undefined],
  ["", [], undefined],
];

for (const [type, patterns, found] of matches) {
  test(`${type} as one of [${patterns}] is ${found}`, () => {
    assert.equal(matchesMediaType(type, patterns), found);
  });
}

test("the essence is the type without its parameters", () => {
  assert.equal(essenceOf(" Text/HTML ; charset=utf-8"), "text/html");
  for (const none of [
    null,
    undefined,
    "",
    ";",
    "text",
    "text/",
    "/html",
    "text/html, text/plain",
    "text/p£ain",
  ]) {
    assert.equal(essenceOf(none), undefined);
  }
});

test("parameters are told by name, quoted ones too", () => {
  const parameters = parametersOf('multipart/form-data; Boundary="a;b, c"; charset=UTF-8');
  assert.deepEqual(
    [...parameters],
    [
      ["boundary", "a;b, c"],
      ["charset", "UTF-8"],
    ],
  );
  assert.equal(parameters.get("toString"), undefined);
});

test("a header that can't be read has none", () => {
  for (const none of [
    null,
    undefined,
    "",
    "text/html",
    "a/b; c",
    "a/b; c=1; c=2",
    'a/b; c="',
    `a/b; c=${"x".repeat(1024)}`,
  ]) {
    assert.equal(parametersOf(none).size, 0, `${none}`);
  }
});

test("nothing throws, whatever the header", () => {
  const part = fc.oneof(
    fc.constantFrom("text/", "html", ";", "=", '"', "\\", "charset", " ", "*/*", "+json"),
    fc.string(),
  );
  const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 3 }), (header, patterns) => {
      const found = matchesMediaType(header, patterns);
      assert.ok(found === undefined || found === essenceOf(header) || patterns.includes(found));
      parametersOf(header);
    }),
    { numRuns: 500 },
  );
});
