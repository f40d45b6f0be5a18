import assert from "node:assert/strict";
import { test } from "node:test";
import { type RouteSegmentsOptions, toSegments } from "../../src/app/route-segments.ts";

const _ = undefined;

const whole: [path: string, segments: (string | undefined)[]][] = [
  ["", []],
  ["/", [""]],
  ["/a", ["a"]],
  ["/a/", ["a", ""]],
  ["/a/b.c-d", ["a", "b.c-d"]],
  ["/:id", [_]],
  ["/a/:id/b/:page", ["a", _, "b", _]],
  ["/:id/", [_, ""]],
  ["/\\:id/\\(a\\)", [":id", "(a)"]],
];

for (const [path, segments] of whole) {
  test(`all of ${path} is known`, () => {
    assert.deepEqual(toSegments(path), { segments, whole: true, certain: true });
  });
}

const uncertain: [path: string, segments: (string | undefined)[], options?: RouteSegmentsOptions][] = [
  ["/:id(\\d+)", [_]],
  ["/:id([0-9a-f]{24})/x", [_, "x"]],
  ["/(a|b)/x", [_, "x"]],
  ["/chêne", ["chêne"]],
  ["/a", ["a"], { sensitive: true }],
];

for (const [path, segments, options] of uncertain) {
  test(`the segments of ${path} ${JSON.stringify(options ?? {})} are known, and not all of them`, () => {
    assert.deepEqual(toSegments(path, options), { segments, whole: true, certain: false });
  });
}

const beginnings: [path: string, segments: (string | undefined)[], options?: RouteSegmentsOptions][] = [
  ["(.*)", []],
  ["a", []],
  ["/a(.*)", []],
  ["/a/(.*)", ["a"]],
  ["/a/(.*)/b", ["a"]],
  ["/a/:id?", ["a"]],
  ["/a/:id?/b", ["a"]],
  ["/a/:id?b", []],
  ["/a/:id*", ["a"]],
  ["/a/:id+", ["a"]],
  ["/a{/b}?", ["a"]],
  ["/a{.b}?", []],
  ["/a/:b{.:c}?", ["a"]],
  ["/a/:from-:to", ["a"]],
  ["/a/b:id", ["a"]],
  ["/a/:id(\\d*)", ["a"]],
  ["/a/:id(.+)", ["a"]],
  ["/a/:id([^/]+)", ["a"]],
  ["/a/:id([+-9]+)", ["a"]],
  ["/a/", ["a"], { end: false }],
  ["/a/b]", ["a"], { end: false }],
];

for (const [path, segments, options] of beginnings) {
  test(`of ${path} ${JSON.stringify(options ?? {})} only the beginning is known`, () => {
    assert.deepEqual(toSegments(path, options), { segments, whole: false, certain: false });
  });
}

test("a pattern with a fault in its syntax throws", () => {
  assert.throws(() => toSegments("/*"), TypeError);
});
