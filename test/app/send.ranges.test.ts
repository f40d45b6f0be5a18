import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { send } from "../../src/app/send.ts";
import { FileContext } from "../support/file-context.ts";
import { withTree } from "../support/file-tree.ts";

const CONTENT = "hello, wide world! :-) ";
const TREE = { "a.json": CONTENT, "a.json.gz": "0123456789", "empty.txt": "" };

/** Read at once, and streamed. */
const WAYS = [1000, 0];

async function ask(
  root: string,
  headers: Record<string, string>,
  maxbuffer: number,
  method = "GET",
): Promise<FileContext> {
  const context = new FileContext("/", { method, headers });
  await send(context, "/a.json", { root, maxbuffer });
  return context;
}

const singles: [range: string, text: string, contentRange: string][] = [
  ["bytes=0-5", "hello,", "bytes 0-5/23"],
  ["bytes=0-", CONTENT, "bytes 0-22/23"],
  ["bytes=-3", "-) ", "bytes 20-22/23"],
  ["bytes=20-500", "-) ", "bytes 20-22/23"],
  ["bytes=-500", CONTENT, "bytes 0-22/23"],
  ["bytes=0-5,3-8", "hello, wi", "bytes 0-8/23"],
  ["bytes=0-5, 100-", "hello,", "bytes 0-5/23"],
];

for (const [range, text, contentRange] of singles) {
  test(`${range} is a 206 of ${contentRange}`, () =>
    withTree(TREE, async (root) => {
      for (const maxbuffer of WAYS) {
        const context = await ask(root, { range }, maxbuffer);
        assert.equal(context.response.status, 206);
        assert.equal(context.headers["content-range"], contentRange);
        assert.equal(context.headers["content-type"], "application/json; charset=UTF-8");
        const sent = await context.text();
        assert.equal(sent, text);
        assert.equal(context.headers["content-length"] ?? `${sent.length}`, `${text.length}`);
      }
    }));
}

for (const range of ["bytes=0-1,4-5", "bytes=0-1, 4-5"]) {
  test(`${range} is a 206 of two parts`, () =>
    withTree(TREE, async (root) => {
      for (const maxbuffer of WAYS) {
        const context = await ask(root, { range }, maxbuffer);
        const { "content-type": type = "", "content-length": length } = context.headers;
        const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(type)?.[1];
        const text = await context.text();
        assert.deepEqual(text.split("\r\n"), [
          `--${boundary}`,
          "Content-Type: application/json; charset=UTF-8",
          "Content-Range: bytes 0-1/23",
          "",
          "he",
          `--${boundary}`,
          "Content-Type: application/json; charset=UTF-8",
          "Content-Range: bytes 4-5/23",
          "",
          "o,",
          `--${boundary}--`,
          "",
        ]);
        assert.deepEqual([context.response.status, context.headers["content-range"]], [206, undefined]);
        assert.equal(length ?? `${text.length}`, `${text.length}`);
      }
    }));
}

test("what can't be had is a 416 that tells the size, and no content", () =>
  withTree(TREE, async (root) => {
    for (const maxbuffer of WAYS) {
      const context = await ask(root, { range: "bytes=23-" }, maxbuffer);
      assert.deepEqual([context.response.status, context.response.body], [416, null]);
      const { "content-range": range, "content-type": type, "cache-control": cached } = context.headers;
      assert.deepEqual([range, type, cached], ["bytes */23", undefined, undefined]);
    }
  }));

const ignored: [headers: Record<string, string>, method?: string][] = [
  [{ range: "items=0-5" }],
  [{ range: "bytes=a-b" }],
  [{ range: "bytes=5-2" }],
  [{ range: `bytes=${"0-0,".repeat(40)}1-1` }],
  [{ range: "bytes=0-5", "if-range": '"other"' }],
  [{ range: "bytes=0-5", "if-range": "Mon, 01 Jan 2024 00:00:00 GMT" }],
  [{ range: "bytes=0-5" }, "HEAD"],
  [{ range: "bytes=99-" }, "POST"],
];

for (const [headers, method = "GET"] of ignored) {
  test(`${method} ${JSON.stringify(headers).slice(0, 80)} gets the whole`, () =>
    withTree(TREE, async (root) => {
      for (const maxbuffer of WAYS) {
        const context = await ask(root, headers, maxbuffer, method);
        assert.deepEqual([context.response.status, context.headers["content-range"]], [200, undefined]);
        if (method !== "HEAD") assert.equal(await context.text(), CONTENT);
      }
    }));
}

test("a range is one of the twin that is sent", () =>
  withTree(TREE, async (root) => {
    const context = await ask(root, { range: "bytes=-4", "accept-encoding": "gzip" }, 1000);
    assert.deepEqual([context.response.status, await context.text()], [206, "6789"]);
    const { "content-range": range, "content-encoding": coding } = context.headers;
    assert.deepEqual([range, coding], ["bytes 6-9/10", "gzip"]);
  }));

test("a range is given while the content is that which the client has parts of", () =>
  withTree(TREE, async (root) => {
    const { etag = "", "last-modified": time = "" } = (await ask(root, {}, 1000)).headers;
    for (const ifRange of [etag, time]) {
      const context = await ask(root, { range: "bytes=0-5", "if-range": ifRange }, 1000);
      assert.deepEqual([context.response.status, await context.text()], [206, "hello,"], ifRange);
    }
  }));

test("nothing of an empty file can be had", () =>
  withTree(TREE, async (root) => {
    for (const [range, status] of [
      ["bytes=0-", 416],
      ["bytes=-5", 200],
    ] as const) {
      const context = new FileContext("/", { headers: { range } });
      await send(context, "/empty.txt", { root });
      assert.equal(context.response.status, status, range);
    }
  }));

test("property: the parts of an answer are those of the file, and its length is told", () =>
  withTree({ "a.json": Uint8Array.from({ length: 200 }, (_, at) => at) }, (root) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(220), fc.nat(30)), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...WAYS),
        async (pairs, maxbuffer) => {
          const range = `bytes=${pairs.map(([start, more]) => `${start}-${start + more}`)}`;
          const context = await ask(root, { range }, maxbuffer);
          if (context.response.status === 416) return assert.ok(pairs.every(([start]) => start >= 200));
          const bytes = await context.bytes();
          assert.equal(context.response.status, 206);
          if (maxbuffer === 0) assert.equal(context.headers["content-length"], `${bytes.byteLength}`);
          const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
          const heads = [...text.matchAll(/Content-Range: bytes (\d+)-(\d+)\/200\r\n\r\n/g)];
          const own = /^bytes (\d+)-(\d+)\/200$/.exec(context.headers["content-range"] ?? "");
          const parts = own === null ? heads : [own];
          assert.ok(parts.length > 0);
          for (const part of parts) {
            const [start, end] = [Number(part[1]), Number(part[2])];
            const at = own === null ? part.index + part[0].length : 0;
            const content = [...bytes.subarray(at, at + end - start + 1)];
            assert.deepEqual(
              content,
              Array.from({ length: end - start + 1 }, (_, index) => start + index),
            );
          }
        },
      ),
    ),
  ));
