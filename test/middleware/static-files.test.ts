import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { HttpError } from "../../src/http/http-error.ts";
import { type StaticFilesOptions, staticFiles } from "../../src/middleware/static-files.ts";
import { FileContext } from "../support/file-context.ts";
import { withTree } from "../support/file-tree.ts";
import { CANT_COUNT_FILES, countOpenFiles } from "../support/open-files.ts";

const TREE = {
  "index.html": "home",
  "a.txt": "a",
  "docs/index.html": "docs",
  "docs/home.html": "docs home",
  "docs/.secret": "secret",
  "bare/a.txt": "a in bare",
  ".well-known/a.txt": "known",
};

/** What came of a request: the text, where it was sent on to, `"next"`, or the status of the refusal. */
async function outcome(
  root: string,
  path: string,
  options: Omit<StaticFilesOptions, "root"> = {},
  method = "GET",
): Promise<string | number> {
  const context = new FileContext(path, { method });
  let passed = false;
  try {
    await staticFiles({ root, ...options })(context, async () => {
      passed = true;
    });
  } catch (error) {
    assert.ok(error instanceof HttpError, `${error}`);
    return error.status;
  }
  if (passed) {
    assert.deepEqual([context.response.status, context.headers], [404, {}]);
    return "next";
  }
  const { location } = context.headers;
  return location === undefined ? context.text() : `${context.response.status} ${location}`;
}

const cases: [path: string, expected: string | number, options?: Omit<StaticFilesOptions, "root">][] = [
  ["/a.txt", "a"],
  ["/", "home"],
  ["/docs/", "docs"],
  ["/docs", "301 /docs/"],
  ["/docs?a=1&b", "301 /docs/?a=1&b"],
  ["/docs", "docs", { redirect: false }],
  ["/docs/", "docs", { redirect: false }],
  ["/docs/", "docs home", { index: "home.html" }],
  ["/docs", "301 /docs/", { index: "home.html" }],
  ["/docs/", "next", { index: "" }],
  ["/docs", "next", { index: "" }],
  // A folder without an index is nothing, and is not sent on.
  ["/bare", "next"],
  ["/bare/", "next"],
  ["/bare", 404, { redirect: false, fallthrough: false }],
  ["/bare/", 404, { fallthrough: false }],
  ["/none.txt", "next"],
  ["/none.txt", 404, { fallthrough: false }],
  ["/a.txt/", "next"],
  ["/a", "a", { extensions: ["txt"] }],
  // Refused, and not left to others.
  ["/docs/.secret", 403],
  ["/.well-known/a.txt", 403],
  ["/.well-known/a.txt", "known", { hidden: "well-known" }],
  ["/.well-known/b.txt", "next", { hidden: "well-known" }],
  ["/docs/.secret", "secret", { hidden: true }],
  ["/a%00.txt", 400],
  ["/%zz", 400],
  ["/..%5ca.txt", 400],
  ["/..%2fa.txt", "next"],
  // Below a prefix.
  ["/files/a.txt", "a", { prefix: "/files" }],
  ["/files/a.txt", "a", { prefix: "/files/" }],
  ["/a.txt", "next", { prefix: "/files" }],
  ["/filesa.txt", "next", { prefix: "/files" }],
  ["/files/", "home", { prefix: "/files" }],
  ["/files", "301 /files/", { prefix: "/files" }],
  ["/files?a", "301 /files/?a", { prefix: "/files" }],
  ["/files", "home", { prefix: "/files", redirect: false }],
  ["/files", "next", { prefix: "/files", index: "" }],
  ["/files/docs", "301 /files/docs/", { prefix: "/files" }],
  ["/files//docs", 400, { prefix: "/files" }],
];

for (const [path, expected, options] of cases) {
  test(`${path} ${JSON.stringify(options ?? {})}: ${expected}`, () =>
    withTree(TREE, async (root) => assert.equal(await outcome(root, path, options), expected)));
}

test("a path with two slashes at its beginning leads nowhere else", () =>
  withTree({ "host.test/index.html": "mine" }, async (root) => {
    const context = new FileContext();
    const request = { ...context.request, path: "//host.test" };
    const answer = staticFiles(root)({ request, response: context.response }, async () => undefined);
    await assert.rejects(answer, (error) => error instanceof HttpError && error.status === 400);
    assert.equal(context.headers.location, undefined);
  }));

test("other methods are left to the next, and HEAD is answered without a body", () =>
  withTree(TREE, async (root) => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      assert.equal(await outcome(root, "/a.txt", {}, method), "next", method);
    }
    const context = new FileContext("/a.txt", { method: "HEAD" });
    await staticFiles(root)(context, async () => assert.fail("was passed on"));
    assert.deepEqual(
      [context.response.status, context.response.body, context.headers["content-length"]],
      [200, null, "1"],
    );
  }));

test("a root is a path or a URL, and the request's own path is taken where it has one", () =>
  withTree(TREE, async (root) => {
    for (const same of [root, pathToFileURL(root), { root: pathToFileURL(`${root}/`) }]) {
      const context = new FileContext("/a.txt");
      await staticFiles(same)(context, async () => assert.fail("was passed on"));
      assert.equal(await context.text(), "a");
    }
    const context = new FileContext("/a.txt");
    const request = { ...context.request, path: "/docs/" };
    await staticFiles(root)({ request, response: context.response }, async () =>
      assert.fail("was passed on"),
    );
    assert.equal(await context.text(), "docs");
  }));

test("the options of sending are those of send", () =>
  withTree(TREE, async (root) => {
    const context = new FileContext("/a.txt");
    await staticFiles({ root, immutable: true, maxage: 60_000, etag: false })(context, async () => undefined);
    assert.deepEqual(
      [context.headers["cache-control"], context.headers.etag],
      ["max-age=60,immutable", undefined],
    );
  }));

test("what makes no sense throws where it is said", () => {
  assert.throws(() => staticFiles(""), /TypeError: Cannot serve files: the root is "", not a folder/);
  assert.throws(() => staticFiles({} as StaticFilesOptions), TypeError);
  assert.throws(
    () => staticFiles({ root: ".", prefix: "files" }),
    /TypeError: Cannot serve files below "files": a prefix begins with a slash/,
  );
});

test("a redirect, and what is passed on, leave no file open", { skip: CANT_COUNT_FILES }, () =>
  withTree(TREE, async (root) => {
    for (const path of ["/docs", "/bare", "/none", "/"]) await outcome(root, path);
    assert.equal(await countOpenFiles(root), 0);
  }),
);
