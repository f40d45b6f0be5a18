import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileProxyTrust, type ProxyTrust, type ProxyWord } from "../../src/http/proxy-trust.ts";

type Sent = Record<string, string>;

/** What is believed of a request with these headers that came from `remoteAddr`. */
function read(trust: ProxyTrust, headers: Sent, remoteAddr: string | undefined = "10.0.0.9"): ProxyWord {
  const reader = compileProxyTrust(trust);
  assert.ok(reader);
  return reader.read(remoteAddr, (name) => headers[name] ?? null);
}

function fromX(addresses?: string, proto?: string, host?: string): Sent {
  const headers = { "x-forwarded-for": addresses, "x-forwarded-proto": proto, "x-forwarded-host": host };
  return Object.fromEntries(Object.entries(headers).filter((entry) => entry[1] !== undefined)) as Sent;
}

test("nobody is believed for false, 0 and no address", () => {
  for (const trust of [false, 0, [], { trust: [] }, { trust: 0 }] as ProxyTrust[]) {
    assert.equal(compileProxyTrust(trust), undefined);
  }
});

test("what is no trust is refused", () => {
  for (const count of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => compileProxyTrust(count), RangeError);
  }
  assert.throws(() => compileProxyTrust(-1), {
    message: 'Cannot trust "-1" proxies: not an integer from 0 on',
  });
  assert.throws(() => compileProxyTrust(["10.0.0.0/99"]), {
    name: "TypeError",
    message: /"10\.0\.0\.0\/99"/,
  });
  const wrong: unknown[] = [
    "loopback",
    null,
    undefined,
    {},
    { trust: false },
    { trust: "all" },
    [1],
    { trust: true, header: "via" },
  ];
  for (const trust of wrong) {
    assert.throws(() => compileProxyTrust(trust as ProxyTrust), TypeError, JSON.stringify(trust));
  }
});

test("with true the leftmost word counts", () => {
  const headers = fromX(" 192.0.2.1 ,[::1],, 10.0.0.1:80", " HTTPS , http", "a.test:8443, b.test");
  assert.deepEqual(read(true, headers), {
    ips: ["192.0.2.1", "[::1]", "10.0.0.1"],
    ip: "192.0.2.1",
    proto: "https",
    host: "a.test:8443",
  });
});

test("with true, where nothing is said, the address is the connection's", () => {
  assert.deepEqual(read(true, {}), { ips: ["10.0.0.9"], ip: "10.0.0.9", proto: undefined, host: undefined });
  const unnamed = compileProxyTrust(true)?.read(undefined, () => null);
  assert.deepEqual(unnamed, { ips: [], ip: "", proto: undefined, host: undefined });
});

test("a protocol by any other word is http", () => {
  for (const word of ["javascript, https", "", "wss", "http"]) {
    assert.equal(read(true, fromX(undefined, word)).proto, "http");
  }
});

test("what is no host is none", () => {
  for (const host of [
    "a b",
    "a/b",
    "a@b",
    "a?b",
    "a\\b",
    "[::1",
    "a:b",
    "<",
    "",
    "a:123456",
    "x".repeat(256),
  ]) {
    assert.equal(read(true, fromX(undefined, undefined, host)).host, undefined, host);
  }
  for (const host of ["a.test", "a_b.test:80", "[::1]", "[::1]:8000", "127.0.0.1:1"]) {
    assert.equal(read(true, fromX(undefined, undefined, host)).host, host);
  }
});

const counted: [count: number, sent: Sent, expected: Partial<ProxyWord>][] = [
  [1, fromX("6.6.6.6, 192.0.2.1"), { ips: ["192.0.2.1"] }],
  [2, fromX("6.6.6.6, 192.0.2.1, 10.0.0.1"), { ips: ["192.0.2.1", "10.0.0.1"] }],
  [3, fromX("192.0.2.1, 10.0.0.1"), { ips: ["192.0.2.1", "10.0.0.1"] }],
  [1, {}, { ips: ["10.0.0.9"], proto: undefined, host: undefined }],
  [1, fromX("[2001:db8::1]:80"), { ip: "2001:db8::1" }],
  [1, fromX("6.6.6.6, unknown"), { ip: "unknown" }],
  // One proxy overwrites where others add.
  [2, fromX("192.0.2.1, 10.0.0.1", "https", "a.test"), { proto: "https", host: "a.test" }],
  [2, fromX("6.6.6.6, 192.0.2.1, 10.0.0.1", "http, https, http", "x, a, b"), { proto: "https", host: "a" }],
  [1, fromX("192.0.2.1", "http, https"), { proto: "https" }],
  [1, fromX(undefined, "http, https"), { proto: "https" }],
  // Neither one for all nor one for each: whose word it is can't be said.
  [3, fromX("192.0.2.1, 10.0.0.1, 10.0.0.2", "http, https"), { proto: undefined }],
  [
    1,
    { forwarded: "for=6.6.6.6;proto=http, for=192.0.2.1;proto=https;host=a.test" },
    { ip: "192.0.2.1", proto: "https", host: "a.test" },
  ],
  [
    2,
    { forwarded: 'for="[2001:db8::1]:80", for=10.0.0.1;proto=https' },
    { ips: ["2001:db8::1", "10.0.0.1"], proto: undefined },
  ],
  [1, { forwarded: "proto=https" }, { ip: "10.0.0.9", proto: "https" }],
];

for (const [count, sent, expected] of counted) {
  test(`${count} of the proxies that say ${JSON.stringify(sent)} are believed`, () => {
    const word = read(count, sent);
    for (const [name, value] of Object.entries(expected))
      assert.deepEqual(word[name as keyof ProxyWord], value);
  });
}

const listed: [list: string[], remoteAddr: string, sent: Sent, expected: Partial<ProxyWord>][] = [
  [["10.0.0.0/8"], "10.0.0.9", fromX("6.6.6.6, 192.0.2.1, 10.0.0.1"), { ips: ["192.0.2.1", "10.0.0.1"] }],
  [["loopback"], "::ffff:127.0.0.1", fromX("192.0.2.1"), { ip: "192.0.2.1" }],
  [["10.0.0.0/8"], "10.0.0.9", fromX("10.0.0.2, 10.0.0.1"), { ips: ["10.0.0.2", "10.0.0.1"] }],
  [["10.0.0.0/8"], "10.0.0.9", fromX("192.0.2.1, unknown, 10.0.0.1"), { ips: ["unknown", "10.0.0.1"] }],
  [["10.0.0.0/8"], "10.0.0.9", fromX("192.0.2.1", "https", "a.test"), { proto: "https", host: "a.test" }],
  // Who connects is no proxy of ours, and what it says is its own claim.
  [
    ["10.0.0.0/8"],
    "192.0.2.66",
    fromX("10.0.0.1", "https", "a.test"),
    { ips: ["192.0.2.66"], proto: undefined, host: undefined },
  ],
  [["10.0.0.0/8"], "", fromX("192.0.2.1", "https"), { ips: [], ip: "", proto: undefined }],
  [["unix"], "", fromX("192.0.2.1", "https"), { ips: ["192.0.2.1"], proto: "https" }],
  [["unix"], "10.0.0.9", fromX("192.0.2.1"), { ips: ["10.0.0.9"] }],
  [
    ["10.0.0.0/8"],
    "10.0.0.9",
    { forwarded: "for=6.6.6.6, for=192.0.2.1, for=10.0.0.1;proto=https" },
    { ips: ["192.0.2.1", "10.0.0.1"], proto: undefined },
  ],
];

for (const [list, remoteAddr, sent, expected] of listed) {
  test(`of what "${remoteAddr}" says, ${JSON.stringify(sent)}, as much as [${list}] say is believed`, () => {
    const word = read(list, sent, remoteAddr);
    for (const [name, value] of Object.entries(expected))
      assert.deepEqual(word[name as keyof ProxyWord], value);
  });
}

test("which headers count can be said", () => {
  const sent = { ...fromX("6.6.6.6"), forwarded: "for=192.0.2.1" };
  assert.equal(read({ trust: 1, header: "forwarded" }, sent).ip, "192.0.2.1");
  assert.equal(read({ trust: 1, header: "x-forwarded" }, sent).ip, "6.6.6.6");
  assert.equal(read({ trust: 1 }, sent).ip, "6.6.6.6");
  assert.equal(read({ trust: true, header: "forwarded" }, sent).ip, "192.0.2.1");
  assert.equal(read({ trust: true, header: "x-forwarded" }, { forwarded: "for=192.0.2.1" }).ip, "10.0.0.9");
});

const forged = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "6.6.6.6",
        "10.0.0.1",
        "127.0.0.1",
        "unknown",
        'for="',
        "for=10.0.0.1;proto=https",
        ",",
        '"',
        "\\",
        ";",
        " ",
        "https",
        "evil.test",
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(""));

test("what a client sends before its proxies never changes what is believed", () => {
  fc.assert(
    fc.property(forged, fc.integer({ min: 1, max: 2 }), (claim, proxies) => {
      const seen = ["192.0.2.1", "10.0.0.1"].slice(0, proxies);
      const words = ["https", "http"].slice(0, proxies);
      const x = fromX([claim, ...seen].join(", "), [claim, ...words].join(", "));
      const elements = seen.map((address, index) => `for=${address};proto=${words[index]}`);
      const forwarded = { forwarded: [claim, ...elements].join(", ") };
      for (const trust of [proxies, ["10.0.0.0/8"]]) {
        for (const sent of [x, forwarded]) {
          const { ips, proto } = read(trust, sent);
          assert.deepEqual([ips, proto], [seen, "https"]);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("whatever is sent, and however much, the word is one", () => {
  fc.assert(
    fc.property(forged, fc.constantFrom<ProxyTrust>(true, 1, 3, ["10.0.0.0/8"]), (claim, trust) => {
      for (const sent of [fromX(claim, claim, claim), { forwarded: claim }]) {
        const { ips, ip, proto, host } = read(trust, sent);
        assert.equal(ip, ips[0] ?? "");
        assert.ok([undefined, "http", "https"].includes(proto));
        assert.ok(host === undefined || URL.canParse(`http://${host}/`) || /[\d.]/.test(host));
      }
    }),
    { numRuns: 500 },
  );
  for (const part of [",", "a,", '"', "10.0.0.1,", " ", 'for="\\', "["]) {
    const long = part.repeat(100_000);
    for (const trust of [true, 5, ["10.0.0.0/8"]]) {
      read(trust, fromX(long, long, long));
      read(trust, { forwarded: long });
    }
  }
});
