import assert from "node:assert/strict";
import { test } from "node:test";
import { readHeader } from "../../src/app/server-request.ts";

const headers = new Headers({ "x-own": "web" });

test("a header is read by the server's own way, where it has one", () => {
  assert.equal(readHeader({ headers, getHeader: (name) => `own ${name}` }, "x-own"), "own x-own");
});

test("else of the headers of the web, which have no pseudo-headers", () => {
  assert.equal(readHeader({ headers }, "x-own"), "web");
  assert.equal(readHeader({ headers }, "missing"), null);
  assert.equal(readHeader({ headers }, ":authority"), null);
});
