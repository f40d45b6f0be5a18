import assert from "node:assert/strict";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { send } from "../../src/app/send.ts";
import { FileContext } from "../support/file-context.ts";
import { withTree } from "../support/file-tree.ts";
import { CANT_COUNT_FILES, countOpenFiles, noneOpen } from "../support/open-files.ts";

const TREE = { "hello.txt": "hello deno", "large.txt": "x".repeat(3000), "hello.txt.br": "br" };
const TAG = '"a-YdfmHmj2RiwOVqJupcf3PLK9PuJ"';
const AT = "Tue, 02 Jan 2024 03:04:05 GMT";
const BEFORE = "Tue, 02 Jan 2024 03:04:04 GMT";

type Case = [headers: Record<string, string>, status: number, method?: string];

const cases: Case[] = [
  [{ "if-none-match": TAG }, 304],
  [{ "if-none-match": `W/${TAG}` }, 304],
  [{ "if-none-match": `"x", ${TAG}` }, 304, "HEAD"],
  [{ "if-none-match": "*" }, 304],
  [{ "if-none-match": '"x"' }, 200],
  [{ "if-none-match": '"x"', "if-modified-since": AT }, 200],
  [{ "if-none-match": TAG, "accept-encoding": "br" }, 200],
  [{ "if-modified-since": AT }, 304],
  [{ "if-modified-since": BEFORE }, 200],
  [{ "if-modified-since": "never" }, 200],
  [{ "if-match": TAG }, 200],
  [{ "if-match": `W/${TAG}` }, 412],
  [{ "if-match": '"x"' }, 412],
  [{ "if-match": '"x"' }, 412, "HEAD"],
  [{ "if-match": "*" }, 200],
  [{ "if-unmodified-since": AT }, 200],
  [{ "if-unmodified-since": BEFORE }, 412],
  [{ "if-match": '"x"', "if-none-match": TAG }, 412],
  [{ "if-none-match": TAG, range: "bytes=0-1" }, 304],
  [{ "if-none-match": "*", "if-match": '"x"' }, 200, "POST"],
];

for (const [headers, status, method = "GET"] of cases) {
  test(`${method} ${JSON.stringify(headers)}: ${status}`, () =>
    withTree(TREE, async (root) => {
      const context = new FileContext("/", { method, headers });
      await send(context, "/hello.txt", { root });
      assert.equal(context.response.status, status);
    }));
}

test("a 304 tells what a cache needs, and has no body and nothing of one", () =>
  withTree(TREE, async (root) => {
    const context = new FileContext("/", { headers: { "if-none-match": TAG } });
    context.response.type = "json";
    await send(context, "/hello.txt", { root, maxage: 5000 });
    assert.deepEqual([context.response.status, context.response.body], [304, null]);
    assert.deepEqual(context.headers, {
      "cache-control": "max-age=5",
      etag: TAG,
      "last-modified": AT,
      vary: "Accept-Encoding",
    });
  }));

test("a 412 has no body and is not to be kept", () =>
  withTree(TREE, async (root) => {
    const context = new FileContext("/", { headers: { "if-match": '"x"' } });
    await send(context, "/hello.txt", { root, maxage: 5000, immutable: true });
    assert.deepEqual([context.response.status, context.response.body], [412, null]);
    assert.equal(context.headers["cache-control"], undefined);
  }));

test("the weak tag of a large file is good for 304 and for nothing strong", () =>
  withTree(TREE, async (root) => {
    const options = { root, maxbuffer: 1000 };
    const first = new FileContext();
    await send(first, "/large.txt", options);
    await first.bytes();
    const { etag = "" } = first.headers;
    assert.match(etag, /^W\/"bb8-/);
    const outcomes: [headers: Record<string, string>, status: number][] = [
      [{ "if-none-match": etag }, 304],
      [{ "if-match": etag }, 412],
      [{ range: "bytes=0-1", "if-range": etag }, 200],
      [{ range: "bytes=0-1", "if-range": AT }, 206],
    ];
    for (const [headers, status] of outcomes) {
      const context = new FileContext("/", { headers });
      await send(context, "/large.txt", options);
      assert.equal(context.response.status, status);
      context.response.destroy();
    }
  }));

test("a file of the same length and time, but of other content, has another tag", () =>
  withTree({ "a.txt": "one" }, async (root) => {
    const path = join(root, "a.txt");
    const ask = async (headers: Record<string, string> = {}) => {
      const context = new FileContext("/", { headers });
      await send(context, "/a.txt", { root });
      return context;
    };
    const { etag = "" } = (await ask()).headers;
    assert.equal((await ask({ "if-none-match": etag })).response.status, 304);
    // The same length and time: only that it was written tells.
    await writeFile(path, "two");
    await utimes(path, 1000, 1000);
    const changed = await ask({ "if-none-match": etag });
    assert.deepEqual([changed.response.status, await changed.text()], [200, "two"]);
    assert.notEqual(changed.headers.etag, etag);
  }));

test("nothing stays open, whatever was answered", { skip: CANT_COUNT_FILES }, () =>
  withTree(TREE, async (root) => {
    const asked: [headers: Record<string, string>, method?: string][] = [
      [{ "if-modified-since": AT }],
      [{ "if-match": '"x"' }],
      [{ range: "bytes=5000-" }],
      [{ range: "bytes=0-1" }],
      [{ range: "bytes=0-1, 5-6" }],
      [{}],
      [{}, "HEAD"],
    ];
    for (const maxbuffer of [10_000, 0]) {
      for (const [headers, method = "GET"] of asked) {
        const context = new FileContext("/", { method, headers });
        await send(context, "/large.txt", { root, maxbuffer });
        await context.bytes();
      }
    }
    assert.equal(await countOpenFiles(root), 0);
    const context = new FileContext();
    await send(context, "/large.txt", { root, maxbuffer: 0 });
    assert.equal(await countOpenFiles(root), 1);
    context.response.destroy();
    await noneOpen(root);
  }),
);

test("a file whose answer can't be set is closed", { skip: CANT_COUNT_FILES }, () =>
  withTree(TREE, async (root) => {
    const context = new FileContext();
    context.response.finalize();
    await assert.rejects(send(context, "/large.txt", { root, maxbuffer: 0 }), /not writable/);
    assert.equal(await countOpenFiles(root), 0);
  }),
);
