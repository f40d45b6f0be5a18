import assert from "node:assert/strict";
import { test } from "node:test";
import { checkVersion, isOlder } from "../../src/brokers/server-version.ts";

test("versions are compared number by number", () => {
  for (const [version, other, older] of [
    ["6.2", "6.2.0", false],
    ["6.0.16", "6.2", true],
    ["7.0.15", "6.2", false],
    ["10.0", "9.1", false],
    ["2.8.4", "2.9", true],
    ["2.10.0-beta.3", "2.9", false],
    ["odd", "0.0.1", true],
  ] as const) {
    assert.equal(isOlder(version, other), older, `${version} and ${other}`);
  }
});

test("a server that is too old is refused by its name and version", () => {
  assert.throws(
    () => checkVersion("Redis", "5.0.7", "6.2"),
    new Error("Cannot use Redis 5.0.7: 6.2 is the oldest that will do"),
  );
  for (const version of ["6.2", "7.2.4", ""]) checkVersion("Redis", version, "6.2");
});
