import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { CookieMap } from "../../src/http/cookie-map.ts";
import { cookieMapHeadersInitSymbol } from "../../src/http/merge-headers.ts";

const FORGOTTEN = "path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly";

test("the request's cookies are a map", () => {
  const cookies = new CookieMap(new Headers({ cookie: "bar=foo; foo=baz; baz=1234" }));
  assert.deepEqual([cookies.get("bar"), cookies.get("qat")], ["foo", undefined]);
  assert.deepEqual([cookies.has("baz"), cookies.has("qat"), cookies.size], [true, false, 3]);
  const entries = [
    ["bar", "foo"],
    ["foo", "baz"],
    ["baz", "1234"],
  ];
  assert.deepEqual([...cookies], entries);
  assert.deepEqual([...cookies.entries()], entries);
  assert.deepEqual([...cookies.keys()], ["bar", "foo", "baz"]);
  assert.deepEqual([...cookies.values()], ["foo", "baz", "1234"]);
});

test("what is set goes to the response, and is not read again", () => {
  const request = new Request("http://localhost/");
  const response = new Response(null);
  const cookies = new CookieMap(request, { response });
  assert.equal(cookies.set("foo", "bar"), cookies);
  assert.deepEqual([...response.headers], [["set-cookie", "foo=bar; path=/; httponly"]]);
  assert.equal(cookies.get("foo"), undefined);
});

test("without a response the map keeps the headers", () => {
  const cookies = new CookieMap(new Headers());
  cookies.set("foo", "bar");
  assert.deepEqual(cookies[cookieMapHeadersInitSymbol](), [["set-cookie", "foo=bar; path=/; httponly"]]);
});

test("cookies are overwritten when that is asked for", () => {
  const response = new Headers();
  const cookies = new CookieMap(new Headers(), { response });
  cookies.set("foo", "1").set("a", "b").set("foo", "2").set("foo", "3", { overwrite: true });
  assert.deepEqual(response.getSetCookie(), ["a=b; path=/; httponly", "foo=3; path=/; httponly"]);
});

test("deleting makes the client forget", () => {
  const response = new Headers();
  const cookies = new CookieMap(new Headers({ cookie: "a=1; b=2; b@d=3" }), { response });
  assert.equal(cookies.delete("c"), true);
  cookies.clear();
  assert.deepEqual(response.getSetCookie(), [`c=; ${FORGOTTEN}`, `a=; ${FORGOTTEN}`, `b=; ${FORGOTTEN}`]);
});

test("a cookie that can't be set leaves the response as it is", () => {
  const response = new Headers();
  const cookies = new CookieMap(new Headers(), { response });
  assert.throws(() => cookies.set("a", "x;y", { overwrite: true }), TypeError);
  assert.throws(() => cookies.set("a", "1", { secure: true }), TypeError);
  assert.throws(() => cookies.set("a", "1", { maxAge: 0.5 }), RangeError);
  assert.deepEqual([...response], []);
});

test("a map shows no cookie", () => {
  assert.equal(inspect(new CookieMap(new Headers({ cookie: "session=1" }))), "CookieMap []");
});
