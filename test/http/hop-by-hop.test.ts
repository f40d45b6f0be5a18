import assert from "node:assert/strict";
import { test } from "node:test";
import { removeHopByHop } from "../../src/http/hop-by-hop.ts";

/** What is left of headers. */
function left(init: [string, string][]): string[] {
  const headers = new Headers(init);
  removeHopByHop(headers);
  return [...headers.keys()];
}

test("what belongs to one connection is removed", () => {
  assert.deepEqual(
    left([
      ["Connection", "close"],
      ["Keep-Alive", "timeout=5"],
      ["Proxy-Authenticate", "Basic"],
      ["Proxy-Authorization", "Basic x"],
      ["Proxy-Connection", "keep-alive"],
      ["TE", "trailers"],
      ["Trailer", "x-sum"],
      ["Transfer-Encoding", "chunked"],
      ["Upgrade", "websocket"],
      ["Accept", "*/*"],
      ["Proxied-By", "me"],
      ["X-Own", "1"],
    ]),
    ["accept", "proxied-by", "x-own"],
  );
});

test("so is what the Connection header names, in any case, over several lines", () => {
  assert.deepEqual(
    left([
      ["connection", "close, X-One ,"],
      ["connection", "\tx-TWO,, not a name, x-absent"],
      ["x-one", "1"],
      ["X-Two", "2"],
      ["x-three", "3"],
    ]),
    ["x-three"],
  );
});

test("a Connection header of many names costs no more than its length", () => {
  const names = Array.from({ length: 100_000 }, () => "x-one").join(",");
  assert.deepEqual(left([["connection", names]]), []);
});

test("without any of it all stays", () => {
  assert.deepEqual(left([["x-own", "1"]]), ["x-own"]);
  assert.deepEqual(left([]), []);
});
