import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { bundleClient } from "../support/client-bundle.ts";

test("the whole client is at most 5 kB for a page, minified and compressed", async () => {
  // By Brotli, as all browsers take it over TLS.
  const size = brotliCompressSync(await bundleClient("esm")).length;
  assert.ok(size <= 5000, `${size} bytes`);
});
