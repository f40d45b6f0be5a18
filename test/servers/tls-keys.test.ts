import assert from "node:assert/strict";
import { test } from "node:test";
import { readTlsKeys } from "../../src/servers/tls-keys.ts";

test("a secure server has both keys, another none", () => {
  const keys = { cert: "c", key: "k" };
  assert.deepEqual(readTlsKeys({ secure: true, port: 1, ...keys }), keys);
  assert.equal(readTlsKeys(keys), undefined);
  for (const missing of [{}, { cert: "c" }, { key: "k" }]) {
    assert.throws(
      () => readTlsKeys({ secure: true, ...missing }),
      /^TypeError: a secure server needs a cert and a key$/,
    );
  }
});
