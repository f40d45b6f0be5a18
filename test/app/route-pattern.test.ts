import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RoutePattern, type RoutePatternOptions } from "../../src/app/route-pattern.ts";

const matches: [pattern: string, path: string, params: object | undefined, options?: RoutePatternOptions][] =
  [
    ["/", "/", {}],
    ["/book", "/book", {}],
    ["/book", "/book/", {}],
    ["/book", "/BOOK", {}],
    ["/book", "/book/1", undefined],
    ["/book", "/books", undefined],
    ["/book", "/book/", undefined, { strict: true }],
    ["/book/", "/book", undefined, { strict: true }],
    ["/book", "/BOOK", undefined, { sensitive: true }],
    ["/book", "/book/1/2", {}, { end: false }],
    ["/book", "/books", undefined, { end: false }],
    ["/:id", "/1", { id: "1" }],
    ["/:id", "/", undefined],
    ["/:id?", "/", {}],
    ["/:id?", "/1", { id: "1" }],
    ["/:a/:b", "/x/y", { a: "x", b: "y" }],
    ["/:id(\\d+)", "/12", { id: "12" }],
    ["/:id(\\d+)", "/x", undefined],
    ["/:from-:to", "/a-b", { from: "a", to: "b" }],
    ["/:name.:ext", "/leaf.png", { name: "leaf", ext: "png" }],
    ["/:path*", "/a/b/c", { path: "a/b/c" }],
    ["/:path+", "/", undefined],
    ["/book{/:id}?", "/book", {}],
    ["/(.*)", "/a/b", { 0: "a/b" }],
    ["(.*)", "/a", { 0: "/a" }],
    ["/:id\\:archive", "/1:archive", { id: "1" }],
  ];

for (const [pattern, path, params, options] of matches) {
  const how = options === undefined ? "" : ` ${JSON.stringify(options)}`;
  test(`${pattern}${how} and ${path}: ${JSON.stringify(params) ?? "no match"}`, () => {
    assert.deepEqual(new RoutePattern(pattern, options).match(path), params);
  });
}

test("a pattern keeps its path and the names of its parameters, in order", () => {
  const pattern = new RoutePattern("/:b/:a/(.*)");
  assert.deepEqual([pattern.path, pattern.paramNames], ["/:b/:a/(.*)", ["b", "a", "0"]]);
});

test("a parameter is decoded, and given as it came when it can't be", () => {
  const pattern = new RoutePattern("/:id");
  for (const [path, id] of [
    ["/a%20b", "a b"],
    ["/%2Fetc", "/etc"],
    ["/%252e", "%2e"],
    ["/chêne", "chêne"],
    ["/%", "%"],
    ["/%zz", "%zz"],
    ["/%ff%20", "%ff%20"],
  ] as const) {
    assert.deepEqual(pattern.match(path), { id });
  }
});

test("a pattern with a fault in its syntax throws where it is made", () => {
  for (const path of ["/*", "/:", "/(", "/(?:a)", "/{a", "/:a(", "/:a()"]) {
    assert.throws(() => new RoutePattern(path), TypeError, path);
  }
});

test("whatever a path holds, a match never throws, and tells the segments as they were", () => {
  const pattern = new RoutePattern("/:first/:second", { strict: true });
  const segment = fc
    .oneof(fc.string({ unit: "binary" }), fc.constantFrom("%", "%2f", "%252e", "%ff", "..", "ü"))
    .filter((text) => text !== "" && !/[/#?\n\r\u2028\u2029]/.test(text));
  fc.assert(
    fc.property(segment, segment, (first, second) => {
      // Lone surrogates can't be encoded; a client can't send them either.
      fc.pre(!/\p{Surrogate}/u.test(first + second));
      const params = pattern.match(`/${encodeURIComponent(first)}/${encodeURIComponent(second)}`);
      assert.deepEqual(params, { first, second });
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (path) => {
      const params = pattern.match(path);
      assert.ok(params === undefined || Object.keys(params).length === 2);
    }),
    { numRuns: 300 },
  );
});

test("what is captured is the text as it was sent, in order; nothing where nothing matches", () => {
  const pattern = new RoutePattern("/:a/x/:b?");
  assert.deepEqual(pattern.captures("/%20/x/2"), ["%20", "2"]);
  assert.deepEqual(pattern.captures("/1/x"), ["1", undefined]);
  assert.deepEqual(pattern.captures("/1/y"), []);
  assert.deepEqual(pattern.params(["%20", undefined]), { a: " " });
});

test("where a match is certain, whole segments are captured without the expression", () => {
  for (const [path, sent, captures] of [
    ["/:a/x/:b", "/1/x/2/", ["1", "2"]],
    ["/x/:a", "/X/1", ["1"]],
    ["/x", "/x", []],
  ] as const) {
    assert.deepEqual(new RoutePattern(path).captures(sent, true), captures);
  }
  assert.deepEqual(new RoutePattern("/:a", { end: false }).captures("/1/2/3", true), ["1"]);
  assert.deepEqual(new RoutePattern("/:a(\\d+)").captures("/12", true), ["12"]);
});

test("a wildcard is for any character: a line feed leads past none", () => {
  for (const [path, end] of [
    ["/admin/(.*)", false],
    ["/admin/(.*)", true],
    ["(.*)", true],
  ] as const) {
    assert.ok(new RoutePattern(path, { end }).match("/admin/a\nb"), path);
  }
});
