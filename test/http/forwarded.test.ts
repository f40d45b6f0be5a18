import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatForwarded, parseForwarded } from "../../src/http/forwarded.ts";

const headers: [header: string, elements: Record<string, string>[] | undefined][] = [
  ["", []],
  ["foo=a,foo=b;bar=c;baz=d;qux=e", [{ foo: "a" }, { foo: "b", bar: "c", baz: "d", qux: "e" }]],
  [
    'foo=a,foo=b, foo="c" ,foo=d  ,  foo=e',
    [{ foo: "a" }, { foo: "b" }, { foo: "c" }, { foo: "d" }, { foo: "e" }],
  ],
  ['foo=a;bar=b; baz=c ;qux="d"  ;  norf=e', [{ foo: "a", bar: "b", baz: "c", qux: "d", norf: "e" }]],
  ['foo=a,Foo=""', [{ foo: "a" }, { foo: "" }]],
  ['for="[2001:db8::1]:4711";proto=https', [{ for: "[2001:db8::1]:4711", proto: "https" }]],
  [",, foo=a,;, ;;bar=b;,", [{ foo: "a" }, { bar: "b" }]],
  ["__proto__=a", [Object.fromEntries([["__proto__", "a"]])]],
  ["foo=bar,=baz", undefined],
  ["foo=", undefined],
  ["foo", undefined],
  ["foo =a", undefined],
  ["foo= a", undefined],
  ["foo=a b=c", undefined],
  ["f@r=192.0.2.43", undefined],
  ["for=2001:db8::1", undefined],
  ['foo="a', undefined],
  ['foo="a\\"', undefined],
  ['foo="a"b', undefined],
  ["foo=a;foo=b", undefined],
  ["foo=a;FOO=b", undefined],
];

for (const [header, elements] of headers) {
  test(`${JSON.stringify(header)} is ${JSON.stringify(elements)}`, () => {
    assert.deepEqual(parseForwarded(header), elements);
  });
}

test("what is quoted may be anything, and escaped", () => {
  const values = [
    '"bar"',
    '"ba\\r"',
    '",;"',
    '""',
    '" "',
    '"\t"',
    '" \t"',
    '"\\""',
    '"\\\\"',
    '"\\\\\\a"',
    '"¥"',
    '"\\§"',
  ];
  const header = values.map((value) => `foo=${value}`).join(",");
  const expected = ["bar", "bar", ",;", "", " ", "\t", " \t", '"', "\\", "\\a", "¥", "§"];
  assert.deepEqual(
    parseForwarded(header)?.map(({ foo }) => foo),
    expected,
  );
});

test("a header longer than 8192 characters is malformed", () => {
  assert.equal(parseForwarded(`foo=${"a".repeat(8188)}`)?.length, 1);
  assert.equal(parseForwarded(`foo=${"a".repeat(8189)}`), undefined);
});

test("a proxy's word is quoted where it must be, and an IPv6 address in brackets", () => {
  assert.equal(formatForwarded({ for: "127.0.0.1" }), "for=127.0.0.1");
  assert.equal(formatForwarded({ for: "2001:db8::1" }), 'for="[2001:db8::1]"');
  assert.equal(formatForwarded({ for: "[2001:db8::1]:80", by: "::1" }), 'by="[::1]";for="[2001:db8::1]:80"');
  assert.equal(formatForwarded({ for: "192.0.2.1:80" }), 'for="192.0.2.1:80"');
  assert.equal(
    formatForwarded({ proto: "https", host: "a.test:8000", for: "_hidden" }),
    'for=_hidden;host="a.test:8000";proto=https',
  );
  assert.equal(formatForwarded({ host: 'a"\\' }), 'host="a\\"\\\\"');
  assert.equal(formatForwarded({}), "");
});

test("what no header can carry is refused", () => {
  for (const host of ["a\r\nb: c", "\0", "ключ"]) assert.throws(() => formatForwarded({ host }), TypeError);
});

test("what was formatted is parsed again", () => {
  const value = fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  });
  fc.assert(
    fc.property(
      fc.array(fc.record({ host: value, proto: value }, { noNullPrototype: true }), { maxLength: 5 }),
      (elements) => {
        assert.deepEqual(parseForwarded(elements.map(formatForwarded).join(", ")), elements);
      },
    ),
    { numRuns: 300 },
  );
});

test("no header throws or takes longer than its length", () => {
  const part = fc.oneof(
    fc.constantFrom("for=", '"', "\\", ",", ";", " ", "\t", "a", "=", "[::1]"),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => void parseForwarded(parts.join(""))),
    { numRuns: 500 },
  );
  for (const text of [" ", '"', "\\", 'a="\\', "a=", "a", ";", ",", "a=b;", "a=b ", ' \t"']) {
    for (const before of ["", 'a="', "a=b"]) parseForwarded((before + text.repeat(8192)).slice(0, 8192));
  }
});
