import assert from "node:assert/strict";
import { test } from "node:test";
import { readLastEventId } from "../../src/sse/last-event-id.ts";

test("the header names the id", () => {
  assert.equal(readLastEventId("42", "/"), "42");
  assert.equal(readLastEventId("", "/"), "");
  assert.equal(readLastEventId(null, "/"), "");
});

test("the header wins over the query, which serves a first connection", () => {
  assert.equal(readLastEventId("42", "/?lastEventId=7"), "42");
  assert.equal(readLastEventId(null, "/events?a=b&lastEventId=7%2F8#x"), "7/8");
  assert.equal(readLastEventId(null, "https://host.test/?lastEventId=9"), "9");
  assert.equal(readLastEventId(null, "/lastEventId=7"), "");
});

test("the header is UTF-8, and arrives as one character per byte", () => {
  const latin = Array.from(new TextEncoder().encode("id-ü-漢"), (byte) => String.fromCharCode(byte)).join("");
  assert.equal(readLastEventId(latin, "/"), "id-ü-漢");
  assert.equal(readLastEventId("id-漢", "/"), "id-漢", "decoded already");
  assert.equal(readLastEventId("caf\xe9", "/"), "café", "not UTF-8 at all");
});

test("an id that no stream could have sent counts as none", () => {
  for (const id of ["a%0Ab", "a%0Db", "a%00b"])
    assert.equal(readLastEventId(null, `/?lastEventId=${id}`), "");
});

test("a malformed query never throws", () => {
  assert.equal(readLastEventId(null, "/?lastEventId=%E0%A4%A"), "\ufffd%A");
});
