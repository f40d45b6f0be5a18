import assert from "node:assert/strict";
import { posix, win32 } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { HttpError } from "../../src/http/http-error.ts";
import { type SafePathOptions, safePath } from "../../src/http/safe-path.ts";

/** The segments, or the status of the refusal. */
function outcome(path: string, options?: SafePathOptions): string[] | number {
  try {
    return safePath(path, options).segments;
  } catch (error) {
    assert.ok(error instanceof HttpError, `${error}`);
    return error.status;
  }
}

const cases: [path: string, expected: string[] | number, options?: SafePathOptions][] = [
  ["", []],
  ["/", []],
  ["/a.txt", ["a.txt"]],
  ["a.txt", ["a.txt"]],
  ["/a/b/c.txt", ["a", "b", "c.txt"]],
  ["/a//b", ["a", "b"]],
  ["/a/./b/", ["a", "b"]],
  ["/a/../b", ["b"]],
  ["/a%20b/%C3%A9%23%3F%25", ["a b", "é#?%"]],
  // Decoded once.
  ["/%252e%252e/a", ["%2e%2e", "a"]],
  ["/a%252fb", ["a%2fb"]],
  // Out of the root, even if the way leads back.
  ["/..", 403],
  ["/../a", 403],
  ["a/../../b", 403],
  ["/../root/a", 403],
  ["/%2e%2e/a", 403],
  ["/.%2E/a", 403],
  ["/a/..%2f..%2fb", 404],
  // A name with a slash is no file's.
  ["/a%2fb", 404],
  ["/poc%2f../.test.json", 404],
  ["/%2Fetc/passwd", 404],
  // Hidden, wherever.
  ["/.git/config", 403],
  ["/sub/.git/config", 403],
  ["/sub/.secret", 403],
  ["/%2egit/config", 403],
  ["/a/%2Esecret", 403],
  ["/...", 403],
  ["/.hidden/../a", 403],
  ["/.well-known/a", 403],
  ["/.git/config", [".git", "config"], { hidden: true }],
  ["/.well-known/a", [".well-known", "a"], { hidden: "well-known" }],
  ["/a/.well-known", 403, { hidden: "well-known" }],
  ["/.well-known/.a", 403, { hidden: "well-known" }],
  ["/.git", 403, { hidden: "well-known" }],
  ["/..", 403, { hidden: true }],
  // Malformed, or meant for something else.
  ["/a%00b", 400],
  ["/a\0b", 400],
  ["//etc/passwd", 400],
  ["/%", 400],
  ["/%zz", 400],
  ["/%c3", 400],
  ["/%c0%ae%c0%ae/a", 400],
  ["/a\\b", 400],
  ["/..%5c..%5ca", 400],
  ["/C:%5Ca", 400],
  // What only Windows misunderstands.
  ["/12:30.txt", ["12:30.txt"]],
  ["/C:/a", 404, { windows: true }],
  ["/a.txt::$DATA", 404, { windows: true }],
  ["/a.txt.", 404, { windows: true }],
  ["/a.txt%20", 404, { windows: true }],
  ["/GIT~1/config", 404, { windows: true }],
  ["/nul", 404, { windows: true }],
  ["/Com1.txt", 404, { windows: true }],
  ["/console.txt", ["console.txt"], { windows: true }],
];

for (const [path, expected, options] of cases) {
  test(`${JSON.stringify(path)} ${JSON.stringify(options ?? {})}: ${expected}`, () => {
    assert.deepEqual(outcome(path, options), expected);
  });
}

test("a path that ends in a slash or dots is a folder's", () => {
  for (const path of ["", "/", "/a/", "/a/.", "/a/b/..", "/a/%2e"]) assert.ok(safePath(path).folder, path);
  for (const path of ["/a", "/a/b", "/a..", "/a/b."]) assert.ok(!safePath(path).folder, path);
});

const units = fc.constantFrom(
  "a",
  "..",
  ".",
  "/",
  "%2e",
  "%2f",
  "%5c",
  "\\",
  "%00",
  "%",
  "C:",
  "~1",
  " ",
  "é",
  "%25",
  "//",
);
const paths = fc.oneof(fc.string({ unit: units, maxLength: 12 }), fc.string({ maxLength: 30 }));

test("property: whatever is sent, what comes out lies below the root, and shows nothing hidden", () => {
  fc.assert(
    fc.property(paths, fc.constantFrom(false, true, "well-known" as const), (path, hidden) => {
      const segments = outcome(path, { hidden, windows: true });
      if (typeof segments === "number") return assert.ok([400, 403, 404].includes(segments));
      for (const { join, resolve, relative, isAbsolute, sep } of [posix, win32]) {
        const root = resolve(sep, "srv", "root");
        const way = relative(root, resolve(join(root, ...segments)));
        assert.ok(way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way), way);
        assert.equal(way, segments.join(sep));
      }
      if (hidden === false) assert.ok(!segments.some((segment) => segment.startsWith(".")));
    }),
    { numRuns: 1000 },
  );
});

test("property: the names of a file come through encoding unchanged", () => {
  const names = fc.string({ minLength: 1 }).filter((name) => !/^\.|[/\\\0]|\p{Surrogate}/u.test(name));
  fc.assert(
    fc.property(fc.array(names, { minLength: 1 }), (segments) => {
      assert.deepEqual(outcome(`/${segments.map(encodeURIComponent).join("/")}`), segments);
    }),
  );
});
