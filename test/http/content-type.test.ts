import assert from "node:assert/strict";
import { test } from "node:test";
import { contentType } from "../../src/http/content-type.ts";

const pinned: [given: string, expected: string | undefined][] = [
  ["text", "text/plain; charset=UTF-8"],
  ["txt", "text/plain; charset=UTF-8"],
  ["text/plain", "text/plain; charset=UTF-8"],
  ["html", "text/html; charset=UTF-8"],
  [".html", "text/html; charset=UTF-8"],
  ["text/html", "text/html; charset=UTF-8"],
  ["json", "application/json; charset=UTF-8"],
  ["application/ld+json", "application/ld+json; charset=UTF-8"],
  ["application/xml", "application/xml; charset=UTF-8"],
  ["js", "text/javascript; charset=UTF-8"],
  ["css", "text/css; charset=UTF-8"],
  ["text/event-stream", "text/event-stream; charset=UTF-8"],
  ["png", "image/png"],
  ["application/octet-stream", "application/octet-stream"],
  ["application/vnd.oak", "application/vnd.oak"],
  ["application/jsonish", "application/jsonish"],
  ["text/html; charset=ISO-8859-1", "text/html; charset=ISO-8859-1"],
  ["multipart/form-data; boundary=x", "multipart/form-data; boundary=x"],
  ["nobody-knows", undefined],
  ["", undefined],
];

for (const [given, expected] of pinned) {
  test(`the content type of "${given}" is ${expected}`, () => {
    assert.equal(contentType(given), expected);
  });
}

test("the names that every object has are no extensions", () => {
  for (const name of ["constructor", "toString", "__proto__", ".valueOf"]) {
    assert.equal(contentType(name), undefined, name);
  }
});
