import assert from "node:assert/strict";
import { test } from "node:test";
import Negotiator from "negotiator";
import { preferCodings } from "../../src/http/coding-preference.ts";

const CODINGS = ["br", "zstd", "gzip"];

/** What a request says. */
function prefer(header: string | null): string[] {
  const negotiator = new Negotiator({ headers: header === null ? {} : { "accept-encoding": header } });
  return preferCodings(header, CODINGS, (...codings) => negotiator.encodings(codings)[0]);
}

const cases: [header: string | null, order: string[]][] = [
  [null, []],
  ["", []],
  ["identity", []],
  ["gzip", ["gzip"]],
  ["gzip, deflate, br, zstd", ["br", "zstd", "gzip"]],
  ["gzip, br;q=0.5", ["gzip", "br"]],
  ["gzip;q=0.2, br;q=0.5, zstd;q=0.3", ["br", "zstd", "gzip"]],
  ["br;q=0, gzip", ["gzip"]],
  ["br;q=0.5, gzip, identity;q=0.8", ["gzip"]],
  ["GZIP;Q=0.5, BR", ["br", "gzip"]],
  ["deflate", []],
];

for (const [header, order] of cases) {
  test(`${header} prefers ${order.join(", ") || "the plain content"}`, () => {
    assert.deepEqual(prefer(header), order);
  });
}

test("any coding takes the quality of the rest", () => {
  const accepts = (_: string, coding: string) => coding;
  assert.deepEqual(preferCodings("*;q=0.5, gzip;q=0.7, br;q=0.1", CODINGS, accepts), ["gzip", "zstd", "br"]);
});

test("what is no quality counts for nothing, and a long header is not read to its end", () => {
  const accepts = (_: string, coding: string) => coding;
  assert.deepEqual(preferCodings("br;q=x, zstd;q=-1, gzip;q=0.1", CODINGS, accepts), ["gzip", "br", "zstd"]);
  const long = `${"x,".repeat(600)}gzip`;
  assert.deepEqual(preferCodings(long, CODINGS, accepts), CODINGS);
});

test("the last word on what is accepted is that of the request", () => {
  assert.deepEqual(
    preferCodings("gzip, br", CODINGS, () => "identity"),
    [],
  );
  assert.deepEqual(
    preferCodings(null, CODINGS, () => "br"),
    ["br"],
  );
});
