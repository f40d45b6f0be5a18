import assert from "node:assert/strict";
import { test } from "node:test";
import { CookieMap } from "../../src/http/cookie-map.ts";
import { cookieMapHeadersInitSymbol, mergeHeaders } from "../../src/http/merge-headers.ts";

test("headers of each form are one list", () => {
  const cookies = new CookieMap(new Headers());
  cookies.set("a", "1").set("b", "2");
  const merged = mergeHeaders(
    { "content-type": "text/plain", vary: "accept" },
    [["vary", "cookie"]],
    new Headers({ "x-own": "1" }),
    new Response(null, { headers: { etag: '"1"' } }),
    cookies,
  );
  assert.deepEqual(merged.getSetCookie(), ["a=1; path=/; httponly", "b=2; path=/; httponly"]);
  merged.delete("set-cookie");
  assert.deepEqual(
    [...merged],
    [
      ["content-type", "text/plain"],
      ["etag", '"1"'],
      ["vary", "accept, cookie"],
      ["x-own", "1"],
    ],
  );
});

test("a header may be called headers", () => {
  assert.equal(mergeHeaders({ headers: "1" }).get("headers"), "1");
  assert.deepEqual([...mergeHeaders()], []);
});

test("the name by which maps give their headers is the one that others know", () => {
  assert.equal(cookieMapHeadersInitSymbol, Symbol.for("oak.commons.cookieMap.headersInit"));
});
