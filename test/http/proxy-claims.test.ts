import assert from "node:assert/strict";
import { test } from "node:test";
import { readClaims } from "../../src/http/proxy-claims.ts";

function readerOf(headers: Record<string, string>): (name: string) => string | null {
  return (name) => headers[name] ?? null;
}

const nothing = { addresses: [], protos: [], hosts: [] };

test("one family of headers is read, and never mixed with the other", () => {
  const forwarded = { forwarded: "for=192.0.2.1;proto=https;host=a.test" };
  const both = { ...forwarded, "x-forwarded-proto": "http" };
  const ofForwarded = { addresses: ["192.0.2.1"], protos: ["https"], hosts: ["a.test"] };
  assert.deepEqual(readClaims("auto", readerOf(forwarded), "right"), ofForwarded);
  assert.deepEqual(readClaims("auto", readerOf(both), "right"), { ...nothing, protos: ["http"] });
  assert.deepEqual(readClaims("forwarded", readerOf(both), "right"), ofForwarded);
  assert.deepEqual(readClaims("x-forwarded", readerOf(forwarded), "right"), nothing);
  assert.deepEqual(readClaims("auto", readerOf({}), "left"), nothing);
});

test("addresses have no ports and no brackets; what is no address stays", () => {
  const header = "192.0.2.1:80, [2001:db8::1]:4711, [::1], ::2, unknown, _hidden, 192.0.2.1:_p, a:b:c, ,";
  const bare = ["192.0.2.1", "2001:db8::1", "::1", "::2", "unknown", "_hidden", "192.0.2.1", "a:b:c"];
  const headers = readerOf({ "x-forwarded-for": header });
  assert.deepEqual(readClaims("auto", headers, "right").addresses, bare);
  const kept = bare.map((address) => (address === "::1" ? "[::1]" : address));
  assert.deepEqual(readClaims("auto", headers, "left").addresses, kept);
});

test("a proxy's word in Forwarded is read for itself, and may leave things out", () => {
  const header = 'for="[::1]:80", "broken, proto=https, for=a;for=b, host="a.test:80";for=unknown';
  assert.deepEqual(readClaims("auto", readerOf({ forwarded: header }), "right"), {
    addresses: ["::1", undefined, undefined, undefined, "unknown"],
    protos: [undefined, undefined, "https", undefined, undefined],
    hosts: [undefined, undefined, undefined, undefined, "a.test:80"],
  });
});

test("what is too long is read from the end that counts, whole entries on the right", () => {
  const many = Array.from({ length: 1000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  const headers = readerOf({ "x-forwarded-for": many.join(",") });
  assert.deepEqual(readClaims("auto", headers, "left").addresses, many.slice(0, 100));
  assert.deepEqual(readClaims("auto", headers, "right").addresses, many.slice(-100));
  const long = readerOf({ "x-forwarded-for": `10.0.0.1,${"x".repeat(5000)},10.0.0.2` });
  assert.deepEqual(readClaims("auto", long, "right").addresses, ["10.0.0.2"]);
  assert.equal(readClaims("auto", long, "left").addresses[0], "10.0.0.1");
  const whole = readerOf({ "x-forwarded-for": "x".repeat(5000) });
  assert.deepEqual(readClaims("auto", whole, "right").addresses, []);
});
