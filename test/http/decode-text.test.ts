import assert from "node:assert/strict";
import { test } from "node:test";
import { comesToUtf8, decodeText } from "../../src/http/decode-text.ts";
import { httpErrors } from "../../src/http/http-error.ts";

const eAcute = Uint8Array.of(0xe9);
const eAcuteUtf8 = Uint8Array.of(0xc3, 0xa9);

test("the charset of the content type counts, UTF-8 where there is none", () => {
  assert.equal(decodeText(eAcute, "text/plain; charset=iso-8859-1"), "é");
  assert.equal(decodeText(eAcute, 'text/plain; charset="ISO-8859-1"'), "é");
  assert.equal(decodeText(Uint8Array.of(0x41, 0, 0x3b, 0x26), "text/plain; charset=utf-16le"), "A☻");
  for (const type of [
    null,
    "",
    "text/plain",
    "text/plain; charset=utf-8",
    "text/plain;charset=",
    "charset",
  ]) {
    assert.equal(decodeText(eAcuteUtf8, type), "é", String(type));
  }
});

test("JSON is UTF-8 whatever it says", () => {
  for (const type of ["application/json", "application/problem+json", "Application/JSON "]) {
    assert.equal(decodeText(eAcuteUtf8, `${type}; charset=iso-8859-1`), "é");
  }
});

test("a byte order mark is left out, and what is no text replaced", () => {
  assert.equal(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), null), "a");
  assert.equal(decodeText(Uint8Array.of(0x61, 0xff, 0x62), null), "a\ufffdb");
});

test("a charset that nobody knows is told by its name", () => {
  assert.throws(
    () => decodeText(eAcute, "text/plain; charset=klingon"),
    (error) => {
      assert.ok(error instanceof httpErrors.UnsupportedMediaType);
      assert.equal(error.message, 'Cannot read the text: its charset "klingon" is not known');
      return true;
    },
  );
});

test("whatever is read as UTF-8 comes to UTF-8", () => {
  const all: [contentType: string | null, comes: boolean][] = [
    [null, true],
    ["text/plain", true],
    ["text/plain; charset=UTF8", true],
    ["text/plain; charset=", true],
    ["application/problem+json; charset=utf-16", true],
    ["text/plain; charset=utf-16", false],
    ["text/plain; charset=klingon", false],
  ];
  for (const [contentType, comes] of all) assert.equal(comesToUtf8(contentType), comes, `${contentType}`);
});
