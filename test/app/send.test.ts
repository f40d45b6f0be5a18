import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { test } from "node:test";
import { type SendOptions, send } from "../../src/app/send.ts";
import { HttpError } from "../../src/http/http-error.ts";
import { FileContext, type FileRequestInit } from "../support/file-context.ts";
import { withTree } from "../support/file-tree.ts";

const HELLO_TAG = '"a-YdfmHmj2RiwOVqJupcf3PLK9PuJ"';
const LAST_MODIFIED = "Tue, 02 Jan 2024 03:04:05 GMT";

const TREE = {
  "hello.txt": "hello deno",
  "page.html": "<p>hello</p>",
  "empty.txt": "",
  "data.json": '{"hello":"world"}',
  "data.json.br": "br of data",
  "data.json.gz": "gz of data",
  "data.json.zst": "zst of data",
  "only.css.gz": "gz of only",
  noext: "no extension",
  "a#b?c.txt": "odd name",
  "about.html": "about",
  "about.htm": "about too",
  ".test.json": "hidden",
  "sub/.secret": "hidden",
  "sub/.git/config": "hidden",
  ".well-known/a.txt": "known",
  "docs/index.html": "<p>docs</p>",
  "docs/index.html.br": "br of docs",
  "bare/a.txt": "a",
  "odd.unheard": "odd",
};

/** Sends `path` of the tree below `root` to a request. */
async function sent(
  root: string,
  path: string,
  options: Omit<SendOptions, "root"> = {},
  init?: FileRequestInit,
): Promise<FileContext> {
  const context = new FileContext("/", init);
  await send(context, path, { root, ...options });
  return context;
}

test("a file is sent with its type, time, tag and freshness", () =>
  withTree(TREE, async (root) => {
    const context = await sent(root, "/hello.txt");
    const { response, headers } = context;
    assert.deepEqual([response.status, response.type], [200, ".txt"]);
    assert.deepEqual(headers, {
      "accept-ranges": "bytes",
      "cache-control": "max-age=0",
      "content-type": "text/plain; charset=UTF-8",
      etag: HELLO_TAG,
      "last-modified": LAST_MODIFIED,
      vary: "Accept-Encoding",
    });
    assert.ok(response.body instanceof Uint8Array);
    assert.equal(await context.text(), "hello deno");
  }));

test("what is resolved is the path on the disk", () =>
  withTree(TREE, async (root) => {
    const near = relative(process.cwd(), root);
    assert.equal(await send(new FileContext(), "/page.html", { root }), join(root, "page.html"));
    assert.equal(await send(new FileContext(), "page.html", { root: near }), join(near, "page.html"));
  }));

test("what the response holds already is kept", () =>
  withTree(TREE, async (root) => {
    const context = new FileContext();
    const own = {
      "cache-control": "no-store",
      "content-type": "text/x-own",
      etag: '"own"',
      "last-modified": "Mon, 01 Jan 2024 00:00:00 GMT",
      vary: "Origin, accept-encoding",
    };
    for (const [name, value] of Object.entries(own)) context.response.headers.set(name, value);
    await send(context, "/hello.txt", { root });
    assert.deepEqual(context.headers, { ...own, "accept-ranges": "bytes" });
  }));

test("an empty file, one without extension, one of an unknown one, and one of an odd name", () =>
  withTree(TREE, async (root) => {
    const empty = await sent(root, "/empty.txt");
    assert.deepEqual([empty.response.status, await empty.text()], [200, ""]);
    const streamed = await sent(root, "/empty.txt", { maxbuffer: 0 });
    assert.deepEqual(
      [streamed.response.status, streamed.headers["content-length"], await streamed.text()],
      [200, "0", ""],
    );
    for (const path of ["/noext", "/odd.unheard"]) {
      assert.equal((await sent(root, path)).headers["content-type"], undefined, path);
    }
    assert.equal(await (await sent(root, "/a%23b%3Fc.txt")).text(), "odd name");
  }));

test("the options of freshness", () =>
  withTree(TREE, async (root) => {
    const cases: [Omit<SendOptions, "root">, string | undefined][] = [
      [{ maxage: 3_600_999 }, "max-age=3600"],
      [{ immutable: true, maxage: 1000 }, "max-age=1,immutable"],
      [{ cacheControl: "private, no-cache", maxage: 1000 }, "private, no-cache"],
      [{ cacheControl: false }, undefined],
    ];
    for (const [options, expected] of cases) {
      assert.equal((await sent(root, "/hello.txt", options)).headers["cache-control"], expected);
    }
  }));

test("without tags and ranges there are none", () =>
  withTree(TREE, async (root) => {
    const init = { headers: { range: "bytes=0-1" } };
    const { response, headers } = await sent(root, "/hello.txt", { etag: false, ranges: false }, init);
    assert.deepEqual([response.status, headers.etag, headers["accept-ranges"]], [200, undefined, undefined]);
  }));

test("types of one's own are sent to the letter", () =>
  withTree(TREE, async (root) => {
    const contentTypes = { ".json": "plain/text", ".txt": "text/x; charset=ascii" };
    const json = await sent(root, "/data.json", { contentTypes });
    assert.deepEqual([json.response.type, json.headers["content-type"]], ["plain/text", "plain/text"]);
    assert.equal(
      (await sent(root, "/hello.txt", { contentTypes })).headers["content-type"],
      "text/x; charset=ascii",
    );
    assert.equal((await sent(root, "/page.html", { contentTypes })).response.type, ".html");
  }));

const twins: [
  accept: string | undefined,
  options: Omit<SendOptions, "root">,
  coding: string | undefined,
  text: string,
][] = [
  [undefined, {}, undefined, '{"hello":"world"}'],
  ["gzip, deflate, br, zstd", {}, "br", "br of data"],
  ["gzip, deflate, br, zstd", { brotli: false }, "zstd", "zst of data"],
  ["gzip, deflate, br, zstd", { brotli: false, zstd: false }, "gzip", "gz of data"],
  ["gzip, deflate, br, zstd", { brotli: false, gzip: false, zstd: false }, undefined, '{"hello":"world"}'],
  ["gzip, br;q=0.5", {}, "gzip", "gz of data"],
  ["br;q=0, gzip;q=0", {}, undefined, '{"hello":"world"}'],
  ["deflate", {}, undefined, '{"hello":"world"}'],
  ["identity", {}, undefined, '{"hello":"world"}'],
];

for (const [accept, options, coding, text] of twins) {
  test(`a compressed twin for ${accept} ${JSON.stringify(options)}: ${coding}`, () =>
    withTree(TREE, async (root) => {
      const init = accept === undefined ? {} : { headers: { "accept-encoding": accept } };
      const context = await sent(root, "/data.json", options, init);
      assert.equal(context.headers["content-encoding"], coding);
      assert.equal(context.response.type, ".json");
      assert.equal(await context.text(), text);
      const compresses = Object.keys(options).length < 3;
      assert.equal(context.headers.vary, compresses ? "Accept-Encoding" : undefined);
    }));
}

test("each twin has its tag, and a path of its own", () =>
  withTree(TREE, async (root) => {
    for (const maxbuffer of [1000, 0]) {
      const tags = await Promise.all(
        ["br", "zstd", "gzip", "identity"].map(async (accept) => {
          const init = { headers: { "accept-encoding": accept } };
          const { headers, response } = await sent(root, "/data.json", { maxbuffer }, init);
          response.destroy();
          return headers.etag;
        }),
      );
      assert.equal(new Set(tags).size, 4, tags.join(" "));
    }
    const context = new FileContext("/", { headers: { "accept-encoding": "gzip" } });
    assert.equal(await send(context, "/data.json", { root }), join(root, "data.json.gz"));
  }));

test("a twin that is not there is passed over, and one is enough", () =>
  withTree(TREE, async (root) => {
    const init = { headers: { "accept-encoding": "gzip, br" } };
    const plain = await sent(root, "/hello.txt", {}, init);
    assert.deepEqual([plain.headers["content-encoding"], await plain.text()], [undefined, "hello deno"]);
    const only = await sent(root, "/only.css", {}, init);
    assert.deepEqual([only.headers["content-encoding"], only.response.type], ["gzip", ".css"]);
  }));

test("extensions are tried, in their order, for a path that has none", () =>
  withTree(TREE, async (root) => {
    assert.equal(await (await sent(root, "/about", { extensions: ["htm", ".html"] })).text(), "about too");
    assert.equal(await (await sent(root, "/about", { extensions: [".xml", "html"] })).text(), "about");
    assert.equal(await (await sent(root, "/noext", { extensions: ["html"] })).text(), "no extension");
    await assert.rejects(sent(root, "/about.", { extensions: ["html"] }), HttpError);
  }));

test("the index stands for its folder", () =>
  withTree(TREE, async (root) => {
    const index = "index.html";
    for (const path of ["/docs/", "/docs"]) {
      assert.equal(await (await sent(root, path, { index })).text(), "<p>docs</p>", path);
    }
    const init = { headers: { "accept-encoding": "br" } };
    assert.equal(await (await sent(root, "/docs", { index }, init)).text(), "br of docs");
    for (const [path, options] of [
      ["/docs", { index, format: false }],
      ["/docs", {}],
      ["/docs/", {}],
      ["/", {}],
    ] as const) {
      const context = new FileContext();
      assert.equal(await send(context, path, { root, ...options }), undefined, path);
      assert.deepEqual([context.response.status, context.headers], [404, {}]);
    }
  }));

const refusals: [path: string, status: number, options?: Omit<SendOptions, "root">][] = [
  ["/none.txt", 404],
  ["/none/", 404],
  ["/bare/", 404, { index: "index.html" }],
  ["/bare", 404, { index: "index.html" }],
  ["/hello.txt/", 404],
  ["/hello.txt/", 404, { index: "index.html" }],
  ["/hello.txt/a", 404],
  ["/.test.json", 403],
  ["/sub/.secret", 403],
  ["/sub/%2esecret", 403],
  ["/sub/.git/config", 403],
  ["/.well-known/a.txt", 403],
  ["/sub/.secret", 403, { hidden: "well-known" }],
  ["/../hello.txt", 403],
  ["/%2e%2e/hello.txt", 403],
  ["foo/../../bar", 403],
  ["/poc%2f../.test.json", 404],
  ["/..%2fhello.txt", 404],
  ["/..%5chello.txt", 400],
  ["//etc/passwd", 400],
  ["/hello%00.txt", 400],
  ["/%E0%A4%A", 400],
];

for (const [path, status, options] of refusals) {
  test(`${path} ${JSON.stringify(options ?? {})} is refused with ${status}`, () =>
    withTree(TREE, async (root) => {
      await assert.rejects(
        sent(root, path, options),
        (error) => error instanceof HttpError && error.status === status,
      );
    }));
}

test("hidden names are sent where that is wanted, and a root may be one", () =>
  withTree(TREE, async (root) => {
    assert.equal(await (await sent(root, "/sub/.git/config", { hidden: true })).text(), "hidden");
    assert.equal(await (await sent(root, "/.well-known/a.txt", { hidden: "well-known" })).text(), "known");
    assert.equal(await (await sent(join(root, ".well-known"), "/a.txt")).text(), "known");
  }));

test("a link out of the root is refused unless all links are followed", () =>
  withTree({ "secret.txt": "secret", "root/link.txt": { link: "../secret.txt" } }, async (base) => {
    const root = join(base, "root");
    await assert.rejects(
      sent(root, "/link.txt"),
      (error) => error instanceof HttpError && error.status === 403,
    );
    assert.equal(await (await sent(root, "/link.txt", { symlinks: "follow" })).text(), "secret");
  }));

test("without a root nothing is sent", async () => {
  for (const root of [undefined, "", 5]) {
    await assert.rejects(
      send(new FileContext(), "/a", { root: root as string }),
      /TypeError: Cannot send a file: the root is/,
    );
  }
});

test("a large file is streamed, with its length, and closed with the response or at its end", () =>
  withTree({ "large.bin": new Uint8Array(1024 * 1024).fill(7) }, async (root) => {
    const context = await sent(root, "/large.bin");
    const { headers, response } = context;
    assert.equal(headers["content-length"], "1048576");
    assert.match(headers.etag ?? "", /^W\/"100000-[\da-f]+"$/);
    assert.ok(!(response.body instanceof Uint8Array) && response.hasResources);
    const bytes = await context.bytes();
    assert.ok(bytes.byteLength === 1_048_576 && bytes.every((byte) => byte === 7));
  }));

test("for HEAD nothing is sent but what GET would tell", () =>
  withTree(TREE, async (root) => {
    for (const maxbuffer of [1000, 0]) {
      const get = await sent(root, "/hello.txt", { maxbuffer });
      await get.bytes();
      const head = await sent(root, "/hello.txt", { maxbuffer }, { method: "HEAD" });
      assert.deepEqual(head.headers, { ...get.headers, "content-length": "10" });
      assert.deepEqual([head.response.status, head.response.body], [200, null]);
    }
  }));

test("a file can go with another status, whatever the client knows or asks of the path", () =>
  withTree(TREE, async (root) => {
    for (const [method, headers] of [
      ["GET", { "if-none-match": HELLO_TAG }],
      ["GET", { range: "bytes=0-1" }],
      ["GET", { "if-match": '"b"' }],
      ["POST", { "if-none-match": "*" }],
    ] as const) {
      const context = new FileContext("/", { method, headers });
      context.response.status = 404;
      await send(context, "/hello.txt", { root });
      assert.deepEqual([context.response.status, await context.text()], [404, "hello deno"]);
    }
    const head = new FileContext("/", { method: "HEAD" });
    head.response.status = 404;
    await send(head, "/hello.txt", { root });
    assert.equal(head.response.status, 404);
  }));
