import assert from "node:assert/strict";
import { relative } from "node:path";
import { test } from "node:test";
import { codingsOf, type FindFileOptions, findFile } from "../../src/app/find-file.ts";
import { type TreeFile, withTree } from "../support/file-tree.ts";

const TREE: Record<string, TreeFile> = {
  "a.txt": "",
  "a.txt.br": "",
  "a.txt.gz": "",
  "b.html": "",
  "b.html.gz": "",
  "b/index.html": "",
  "b/index.html.gz": "",
  ".env.local": "",
  "dir.br/x": "",
  dir: "",
};

type Outcome = [path: string, extension: string, coding?: string] | "folder" | undefined;

const cases: [path: string, codings: string[], expected: Outcome, options?: Partial<FindFileOptions>][] = [
  ["/a.txt", [], ["a.txt", ".txt"]],
  ["/a.txt", ["br", "gzip"], ["a.txt.br", ".txt", "br"]],
  ["/a.txt", ["zstd", "gzip"], ["a.txt.gz", ".txt", "gzip"]],
  ["/a.txt", ["zstd"], ["a.txt", ".txt"]],
  ["/a.txt.br", ["br"], ["a.txt.br", ".br"]],
  ["/b", [], "folder"],
  ["/b/", [], "folder"],
  ["/b", ["gzip"], ["b.html.gz", ".html", "gzip"], { extensions: ["html"] }],
  ["/b", [], "folder", { extensions: ["xml"] }],
  ["/b", ["gzip"], ["b/index.html.gz", ".html", "gzip"], { index: "index.html" }],
  ["/b", [], ["b/index.html", ".html"], { extensions: ["xml"], index: "index.html" }],
  ["/b", [], "folder", { index: "index.html", format: false }],
  ["/b/", [], ["b/index.html", ".html"], { index: "index.html", format: false }],
  ["/b", [], undefined, { index: "none.html" }],
  ["/", [], "folder"],
  ["/", [], "folder", { extensions: ["html"] }],
  ["/", [], undefined, { index: "index.html" }],
  ["/a.txt/", [], undefined],
  ["/dir", ["br"], ["dir", ""]],
  ["/.env.local", [], [".env.local", ".local"], { hidden: true }],
  ["/none", ["br"], undefined, { extensions: ["html"] }],
];

for (const [path, codings, expected, options] of cases) {
  test(`${path} for [${codings}] ${JSON.stringify(options ?? {})}: ${expected}`, () =>
    withTree(TREE, async (root) => {
      const choice = {
        headers: new Headers({ "accept-encoding": codings.join(",") }),
        acceptsEncodings: (_identity: string, coding: string) =>
          codings.includes(coding) ? coding : "identity",
      };
      const found = await findFile(path, { root, ...options }, choice);
      if (found === undefined || found === "folder") return assert.equal(found, expected);
      found.file.close();
      const outcome = [relative(root, found.path), found.extension, found.coding];
      assert.deepEqual(
        outcome.filter((part) => part !== undefined),
        expected,
      );
    }));
}

test("the codings are those that are not switched off", () => {
  assert.deepEqual(codingsOf({ root: "." }), ["br", "zstd", "gzip"]);
  assert.deepEqual(codingsOf({ root: ".", brotli: false }), ["zstd", "gzip"]);
  assert.deepEqual(codingsOf({ root: ".", brotli: false, gzip: false, zstd: false }), []);
});
