import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { bundleClient } from "../support/client-bundle.ts";

test("the whole client is at most 5 kB for a page, minified and compressed", async () => {
  const size = gzipSync(await bundleClient("esm"), { level: 9 }).length;
  assert.ok(size <= 5000, `${size} bytes`);
});
