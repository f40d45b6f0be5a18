import assert from "node:assert/strict";
import { mock, test } from "node:test";
import fc from "fast-check";
import {
  type CookieAttributes,
  isCookieName,
  isSecureName,
  serializeCookie,
} from "../../src/http/set-cookie.ts";

const EPOCH = "expires=Thu, 01 Jan 1970 00:00:00 GMT";
const time = new Date("2020-01-01T00:00:00Z");

const pinned: [value: string, attributes: CookieAttributes, expected: string][] = [
  ["bar", {}, "foo=bar; path=/; httponly"],
  ["", {}, `foo=; path=/; ${EPOCH}; httponly`],
  ["", { maxAge: 60, expires: time }, `foo=; path=/; ${EPOCH}; httponly`],
  ["bar", { path: "", httpOnly: false }, "foo=bar"],
  [
    "bar",
    { domain: "*.example.com", expires: time, httpOnly: false, path: "/foo", sameSite: "strict" },
    "foo=bar; path=/foo; expires=Wed, 01 Jan 2020 00:00:00 GMT; domain=*.example.com; samesite=strict",
  ],
  ["bar", { secure: true }, "foo=bar; path=/; secure; httponly"],
  ["bar", { sameSite: true }, "foo=bar; path=/; samesite=strict; httponly"],
  ["bar", { sameSite: false }, "foo=bar; path=/; httponly"],
  ["bar", { sameSite: "Lax" as "lax" }, "foo=bar; path=/; samesite=lax; httponly"],
  [
    "bar",
    { secure: true, partitioned: true, priority: "high", sameSite: "none" },
    "foo=bar; path=/; samesite=none; secure; httponly; partitioned; priority=high",
  ],
  ['"b"', {}, 'foo="b"; path=/; httponly'],
];

for (const [value, attributes, expected] of pinned) {
  test(`with ${JSON.stringify(attributes)} the header is "${expected}"`, () => {
    assert.equal(serializeCookie("foo", value, attributes), expected);
  });
}

test("the age is sent as such, 0 too, and as the time that it makes", (context) => {
  mock.method(Date, "now", () => 0);
  context.after(() => mock.restoreAll());
  const aged = (maxAge: number) => serializeCookie("foo", "bar", { maxAge, expires: time });
  assert.equal(aged(1), "foo=bar; path=/; expires=Thu, 01 Jan 1970 00:00:01 GMT; max-age=1; httponly");
  assert.equal(aged(0), `foo=bar; path=/; ${EPOCH}; max-age=0; httponly`);
  assert.equal(aged(-1), "foo=bar; path=/; expires=Wed, 31 Dec 1969 23:59:59 GMT; max-age=-1; httponly");
});

test("a time that no date has is refused", () => {
  for (const maxAge of [Number.NaN, Number.POSITIVE_INFINITY, 1.5, 1e15, "1" as unknown as number]) {
    assert.throws(() => serializeCookie("a", "b", { maxAge }), RangeError, `${maxAge}`);
  }
  assert.throws(() => serializeCookie("a", "b", { maxAge: 1.5 }), {
    message: 'Cannot keep a cookie for "1.5" seconds: not an integer',
  });
  assert.throws(() => serializeCookie("a", "b", { expires: new Date(Number.NaN) }), RangeError);
});

test("what a header can't carry, or would read as another attribute, is refused", () => {
  const wrong: [string, string, CookieAttributes?][] = [
    ["", "b"],
    ["a b", "b"],
    ["a=b", "b"],
    ["a;b", "b"],
    ["ä", "b"],
    ["a", "x;y"],
    ["a", "x; secure"],
    ["a", "x,y"],
    ["a", "x y"],
    ["a", 'x"y'],
    ["a", '"x'],
    ["a", "x\\y"],
    ["a", "x\r\nset-cookie: b=1"],
    ["a", "x\0"],
    ["a", "ü"],
    ["a", "b", { path: "/;secure" }],
    ["a", "b", { path: "/\n" }],
    ["a", "b", { path: "/ü" }],
    ["a", "b", { domain: "a.test; secure" }],
    ["a", "b", { domain: "a.test\r" }],
    ["a", "b", { sameSite: "lax; secure" as "lax" }],
    ["a", "b", { priority: "urgent" as "high" }],
    ["a", "b", { partitioned: true }],
  ];
  for (const [name, value, attributes] of wrong) {
    assert.throws(
      () => serializeCookie(name, value, attributes),
      TypeError,
      JSON.stringify([name, value, attributes]),
    );
  }
  assert.throws(() => serializeCookie("a", "x;y"), { message: 'Cannot set a cookie: its value is "x;y"' });
});

test("names with a prefix demand what clients demand of them, in any case of letters", () => {
  const set =
    (name: string, attributes: CookieAttributes, value = "1") =>
    () =>
      serializeCookie(name, value, attributes);
  for (const name of ["__Host-a", "__host-a", "__Secure-a", "__SECURE-a"]) {
    assert.equal(isSecureName(name), true);
    assert.throws(set(name, {}), {
      name: "TypeError",
      message: `Cannot set the cookie "${name}": its name is for secure cookies`,
    });
    assert.ok(set(name, { secure: true })());
  }
  assert.throws(set("__Host-a", { secure: true, domain: "a.test" }), /without a domain/);
  assert.throws(set("__Host-a", { secure: true, path: "/b" }), /the path/);
  assert.ok(set("__Secure-a", { secure: true, domain: "a.test", path: "/b" })());
  assert.ok(set("__Host-a", {}, "")(), "forgetting is no setting");
  assert.equal(isSecureName("a__Host-"), false);
});

test("whatever is given, it is refused, or is one header with the attributes that were asked for", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("; secure", "\r\n", "a;b"),
  );
  fc.assert(
    fc.property(
      text,
      text,
      fc.record({ path: text, domain: text }, { requiredKeys: [] }),
      (name, value, where) => {
        let header: string;
        try {
          header = serializeCookie(name, value, where);
        } catch (error) {
          assert.ok(error instanceof TypeError);
          return;
        }
        assert.ok(isCookieName(name));
        assert.match(header, /^[\x20-\x7e]*$/);
        const names = header
          .split("; ")
          .slice(1)
          .map((part) => part.split("=")[0]);
        const known = ["path", "expires", "domain", "httponly"];
        assert.deepEqual(
          names.filter((part) => !known.includes(part ?? "")),
          [],
        );
        assert.equal(new Set(names).size, names.length);
      },
    ),
    { numRuns: 1000 },
  );
});
