import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readListenAddress } from "../../src/app/listen-address.ts";

const valid: [address: string, expected: ReturnType<typeof readListenAddress>][] = [
  [":8000", { port: 8000 }],
  [":0", { port: 0 }],
  [":65535", { port: 65535 }],
  ["127.0.0.1:8080", { hostname: "127.0.0.1", port: 8080 }],
  ["localhost:80", { hostname: "localhost", port: 80 }],
  ["my-host.example:443", { hostname: "my-host.example", port: 443 }],
  ["[::1]:8080", { hostname: "::1", port: 8080 }],
  ["[::ffff:192.0.2.1]:1", { hostname: "::ffff:192.0.2.1", port: 1 }],
  ["[fe80::1%eth0]:8080", { hostname: "fe80::1%eth0", port: 8080 }],
];

for (const [address, expected] of valid) {
  test(`"${address}" is read`, () => assert.deepEqual(readListenAddress(address), expected));
}

const invalid = [
  "",
  ":",
  "8000",
  "localhost",
  "localhost:",
  ":port",
  ":-1",
  ":8e3",
  ":0x50",
  ":65536",
  ":100000",
  "::1:8080",
  "[::1]",
  "[::1",
  "::1]:80",
  "[]:80",
  "[::1]8080",
  "[::1]:",
  "http://localhost:8000",
  "a:b:80",
  "localhost:80 ",
  "localhost:80\n",
  "localhost:80/path",
  "localhost:８０",
];

for (const address of invalid) {
  test(`${JSON.stringify(address)} is refused`, () => {
    const message = `Invalid address passed: "${address}"`;
    assert.throws(() => readListenAddress(address), { name: "TypeError", message });
  });
}

test("what is read is what was written, and all else is refused with a TypeError", () => {
  const part = fc.constantFrom("[", "]", ":", "::", "8", "0", "65535", "a", "F", ".", "%", " ", "\n", "host");
  const address = fc.oneof(
    fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary", maxLength: 12 }),
  );
  fc.assert(
    fc.property(address, (text) => {
      let read: ReturnType<typeof readListenAddress>;
      try {
        read = readListenAddress(text);
      } catch (error) {
        assert.ok(error instanceof TypeError);
        return;
      }
      const { hostname = "", port } = read;
      assert.ok(Number.isInteger(port) && port >= 0 && port <= 65535);
      const colon = text.lastIndexOf(":");
      assert.equal(Number(text.slice(colon + 1)), port);
      assert.ok(text.slice(0, colon) === hostname || text.slice(0, colon) === `[${hostname}]`);
      assert.ok(!/[[\]]/.test(hostname));
    }),
    { numRuns: 1000 },
  );
});
