import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RoutePattern } from "../../src/app/route-pattern.ts";
import { type RouteUrlOptions, type RouteUrlParams, routeUrl } from "../../src/app/route-url.ts";

const urls: [path: string, params: RouteUrlParams, url: string, options?: RouteUrlOptions][] = [
  ["/book", {}, "/book"],
  ["/book/:id", { id: "1234" }, "/book/1234"],
  ["/book/:id", { id: 7 }, "/book/7"],
  ["/book/:id?", {}, "/book"],
  ["/:id?", {}, "/"],
  ["/book/:id", { id: "a/b ?#%" }, "/book/a%2Fb%20%3F%23%25"],
  ["/:path*", { path: ["a b", "c"] }, "/a%20b/c"],
  ["/files/:path(.*)", { path: "a b/c" }, "/files/a%20b/c"],
  ["/files/(.*)", {}, "/files/"],
  ["/files/(.*)", { 0: "a" }, "/files/a"],
  ["/:word([a-z ]+)", { word: "a b" }, "/a%20b"],
  ["/:id\\:archive", { id: "1" }, "/1:archive"],
  ["/book/:id", { id: "1" }, "/book/1?sort=ASC", { query: { sort: "ASC" } }],
  ["/book", {}, "/book?a=1&a=2", { query: new URLSearchParams("a=1&a=2") }],
  ["/book", {}, "/book?a=b%20c", { query: "?a=b c" }],
  ["/book", {}, "/book", { query: {} }],
  ["/book/:id", { id: "a" }, "/book/A", { encode: (value) => value.toUpperCase() }],
];

for (const [path, params, url, options] of urls) {
  test(`${path} and ${JSON.stringify(params)} make ${url}`, () => {
    assert.equal(routeUrl(path, params, options), url);
  });
}

test("a parameter that is missing, or does not fit, throws", () => {
  assert.throws(() => routeUrl("/book/:id"), {
    name: "TypeError",
    message: 'Cannot make a URL of "/book/:id": Expected "id" to be a string',
  });
  assert.throws(() => routeUrl("/book/:id", { id: "" }), TypeError);
  assert.throws(() => routeUrl("/book/:id", { id: ["a"] }), TypeError);
  assert.throws(() => routeUrl("/book/:id(\\d+)", { id: "x" }), TypeError);
});

test("whatever a parameter holds, it comes out of the URL again", () => {
  const pattern = new RoutePattern("/:a/:b");
  const value = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text !== "." && text !== "..");
  fc.assert(
    fc.property(value, value, (a, b) => {
      const { pathname } = new URL(routeUrl("/:a/:b", { a, b }), "http://host");
      assert.deepEqual(pattern.match(pathname), { a, b });
    }),
  );
});
