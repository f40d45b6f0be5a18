import assert from "node:assert/strict";
import { test } from "node:test";
import { compileAddressRanges } from "../../src/http/address-ranges.ts";

const members: [ranges: string[], inside: string[], outside: string[]][] = [
  [
    ["10.0.0.0/8"],
    ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
    ["11.0.0.0", "9.255.255.255", "::a00:1"],
  ],
  [["192.0.2.1"], ["192.0.2.1", "::FFFF:c000:201"], ["192.0.2.2"]],
  [["::ffff:10.0.0.0/104"], ["10.1.2.3"], ["11.0.0.0"]],
  [["::ffff:10.0.0.1"], ["10.0.0.1"], ["10.0.0.2"]],
  [["2001:db8::/32"], ["2001:db8::1", "2001:DB8:ffff::"], ["2001:db9::", "10.0.0.1"]],
  [["fe80::1"], ["fe80::1", "fe80::1%eth0"], ["fe80::2"]],
  [["0.0.0.0/0"], ["0.0.0.0", "255.255.255.255"], ["::1"]],
  [["loopback"], ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"], ["128.0.0.1", "::2"]],
  [["linklocal"], ["169.254.1.1", "fe80::1"], ["169.253.1.1"]],
  [["uniquelocal"], ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fd00::1"], ["172.32.0.1"]],
  [["192.0.2.1", "loopback"], ["192.0.2.1", "::1"], ["192.0.2.2"]],
  [[], [], ["127.0.0.1"]],
];

for (const [ranges, inside, outside] of members) {
  test(`[${ranges}] has [${inside}], and not [${outside}]`, () => {
    const isIn = compileAddressRanges(ranges);
    for (const address of inside) assert.equal(isIn(address), true, address);
    for (const address of outside) assert.equal(isIn(address), false, address);
  });
}

test("what is no address is in no range", () => {
  const isIn = compileAddressRanges(["0.0.0.0/0", "::/0"]);
  const none = [
    "",
    "unknown",
    "_hidden",
    "1",
    "10.1",
    "0x7f000001",
    "127.0.0.1:80",
    "[::1]",
    "256.0.0.1",
    "10.0.0.1/8",
  ];
  for (const text of [
    ":@6.6.6.6#",
    ":@::1]/",
    "::1]:80",
    ...none,
    "::1".repeat(100),
    "localhost",
    " 10.0.0.1",
  ])
    assert.equal(isIn(text), false, text);
});

test("a range that is none is refused", () => {
  const none = [
    "",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10.0.0/8",
    "::/129",
    "::ffff:10.0.0.0/90",
    "a.test",
    "Loopback",
    "10.0.0.0/1e1",
  ];
  for (const range of none) assert.throws(() => compileAddressRanges([range]), TypeError, range);
  assert.throws(() => compileAddressRanges([8 as unknown as string]), TypeError);
  assert.throws(() => compileAddressRanges(["10.0.0.0/33"]), {
    message: 'Cannot use "10.0.0.0/33" as a range of addresses: it is none',
  });
});
