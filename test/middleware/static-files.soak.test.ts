import assert from "node:assert/strict";
import { test } from "node:test";
import { factory } from "../../src/middleware/etag.ts";
import { withTree } from "../support/file-tree.ts";
import { CANT_COUNT_FILES, noneOpen } from "../support/open-files.ts";
import { RawClient } from "../support/raw-client.ts";

const ROUNDS = 60;
const TREE = {
  "large.bin": new Uint8Array(5_000_000),
  "small.txt": "hello deno",
  "docs/index.html": "docs",
  ".secret": "secret",
};

/** Each kind of request, and how its client leaves. */
const KINDS: [
  method: string,
  path: string,
  headers: string[],
  leave: "at the end" | "at the head" | "at once",
][] = [
  ["GET", "/large.bin", [], "at the end"],
  ["GET", "/large.bin", [], "at the head"],
  ["GET", "/large.bin", [], "at once"],
  ["HEAD", "/large.bin", [], "at the end"],
  ["GET", "/large.bin", ["If-None-Match: *"], "at the end"],
  ["GET", "/large.bin", ["If-Match: no"], "at the end"],
  ["GET", "/large.bin", ["Range: bytes=0-1999999"], "at the end"],
  ["GET", "/large.bin", ["Range: bytes=0-1999999"], "at the head"],
  ["GET", "/large.bin", ["Range: bytes=0-999999, -999999"], "at the end"],
  ["GET", "/large.bin", ["Range: bytes=0-999999, -999999"], "at the head"],
  ["GET", "/large.bin", ["Range: bytes=9000000-"], "at the end"],
  ["GET", "/small.txt", [], "at the end"],
  ["GET", "/small.txt", ["If-None-Match: *"], "at the end"],
  ["GET", "/small.txt", ["Range: bytes=1-2"], "at once"],
  ["GET", "/docs", [], "at the end"],
  ["GET", "/none", [], "at the end"],
  ["GET", "/.secret", [], "at the end"],
];

/** The modules, loaded where no forgotten file is closed with the garbage: all must be closed by whoever has them. */
async function importWithoutFinalizers() {
  const own = globalThis.FinalizationRegistry;
  globalThis.FinalizationRegistry = class {
    register() {}
    unregister() {}
  } as unknown as typeof FinalizationRegistry;
  try {
    return {
      ...(await import("../../src/middleware/static-files.ts")),
      ...(await import("../support/serving.ts")),
    };
  } finally {
    globalThis.FinalizationRegistry = own;
  }
}

async function visit(port: number, [method, path, headers, leave]: (typeof KINDS)[number]): Promise<void> {
  const client = await RawClient.open(port);
  client.send(
    `${method} ${path} HTTP/1.1\r\n${["Host: test", "Connection: close", ...headers].join("\r\n")}\r\n\r\n`,
  );
  if (leave === "at the head") await client.until("\r\n\r\n");
  if (leave !== "at the end") client.destroy();
  await client.closed;
  if (leave === "at the end") assert.match(client.text, /^HTTP\/1\.1 \d{3}/, `${method} ${path} ${headers}`);
}

test(
  "a thousand requests of all kinds, many broken off, leave no file open",
  { skip: CANT_COUNT_FILES },
  () =>
    withTree(TREE, async (root) => {
      const { staticFiles, quietApp, serve } = await importWithoutFinalizers();
      const app = quietApp();
      app.use(factory(), staticFiles(root));
      const { port, stop } = await serve(app);
      try {
        for (let round = 0; round < ROUNDS; round++) {
          await Promise.all(KINDS.map((kind) => visit(port, kind)));
        }
        await noneOpen(root);
      } finally {
        await stop();
      }
    }),
);
