import assert from "node:assert/strict";
import { test } from "node:test";
import { appendVary } from "../../src/http/vary.ts";

const cases: [before: string | undefined, after: string][] = [
  [undefined, "Accept-Encoding"],
  ["", "Accept-Encoding"],
  ["Accept", "Accept, Accept-Encoding"],
  ["accept-encoding", "accept-encoding"],
  ["Accept , ACCEPT-ENCODING", "Accept , ACCEPT-ENCODING"],
  ["*", "*"],
  ["X-Accept-Encoding", "X-Accept-Encoding, Accept-Encoding"],
];

for (const [before, after] of cases) {
  test(`${before} becomes ${after}`, () => {
    const headers = new Headers(before === undefined ? {} : { vary: before });
    appendVary(headers, "Accept-Encoding");
    assert.equal(headers.get("vary"), after);
  });
}
