import assert from "node:assert/strict";
import { test } from "node:test";
import { announceLength } from "../../src/app/content-length.ts";
import type { HeaderList } from "../../src/sse/response-headers.ts";

function announced(status: number, body: string | Uint8Array | null, headers: HeaderList = []): HeaderList {
  announceLength(headers, status, body);
  return headers;
}

test("the length of a body is that of its bytes", () => {
  assert.deepEqual(announced(200, "día"), [["content-length", "4"]]);
  assert.deepEqual(announced(404, null), [["content-length", "0"]]);
  assert.deepEqual(announced(200, new Uint8Array(7)), [["content-length", "7"]]);
});

test("a status without a body has no length", () => {
  for (const status of [204, 205, 304]) assert.deepEqual(announced(status, null), []);
});

test("a length that was set stays", () => {
  assert.deepEqual(announced(200, "a", [["content-length", "9"]]), [["content-length", "9"]]);
});
