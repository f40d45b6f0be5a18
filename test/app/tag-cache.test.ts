import assert from "node:assert/strict";
import { test } from "node:test";
import { TagCache } from "../../src/app/tag-cache.ts";

const LONG_AGO = { version: "1", ctimeMs: 0 };

test("a tag is remembered for the version it was made of", () => {
  const cache = new TagCache(10);
  assert.equal(cache.get("/a", LONG_AGO), undefined);
  cache.set("/a", LONG_AGO, '"a"');
  assert.equal(cache.get("/a", LONG_AGO), '"a"');
  assert.equal(cache.get("/b", LONG_AGO), undefined);
  assert.equal(cache.get("/a", { ...LONG_AGO, version: "2" }), undefined);
  assert.equal(cache.size, 0);
});

test("a file that changed just now is not remembered: its time may not tell the next change", () => {
  const cache = new TagCache(10);
  cache.set("/a", { version: "1", ctimeMs: Date.now() }, '"a"');
  cache.set("/b", { version: "1", ctimeMs: Date.now() + 60_000 }, '"b"');
  assert.equal(cache.size, 0);
  cache.set("/a", { version: "1", ctimeMs: Date.now() - 3000 }, '"a"');
  assert.equal(cache.size, 1);
});

test("what was asked for longest ago is forgotten first", () => {
  const cache = new TagCache(2);
  cache.set("/a", LONG_AGO, '"a"');
  cache.set("/b", LONG_AGO, '"b"');
  cache.get("/a", LONG_AGO);
  cache.set("/c", LONG_AGO, '"c"');
  const left = ["/a", "/b", "/c"].map((path) => cache.get(path, LONG_AGO));
  assert.deepEqual([left, cache.size], [['"a"', undefined, '"c"'], 2]);
});
