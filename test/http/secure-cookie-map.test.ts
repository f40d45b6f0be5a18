import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { KeyStack } from "../../src/http/key-stack.ts";
import { cookieMapHeadersInitSymbol } from "../../src/http/merge-headers.ts";
import { SecureCookieMap, type SecureCookieMapOptions } from "../../src/http/secure-cookie-map.ts";

/** HMAC with SHA-256 of "bar=foo", by the key "secret1" and by "secret2". */
const BY_SECRET1 = "S7GhXzJF3n4j8JwTupr7H-h25qtt_vs0stdETXZb-Ro";
const BY_SECRET2 = "ar46bgP3n0ZRazFOfiZ4SyZVFxKUvG1-zQZCb9lbcPI";
const FORGOTTEN = "path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly";

/** The map of a request with this `Cookie` header, and the response that it sets cookies in. */
function mapOf(cookie: string, keys?: string[], options: SecureCookieMapOptions = {}) {
  const response = new Headers();
  const request = new Headers(cookie === "" ? {} : { cookie });
  const signing = keys === undefined ? {} : { keys: new KeyStack(keys) };
  const cookies = new SecureCookieMap(request, { response, ...signing, ...options });
  return { cookies, sent: () => response.getSetCookie() };
}

async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const collected: Value[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

test("without keys the request's cookies are a map whose answers are promised", async () => {
  const { cookies, sent } = mapOf("bar=foo; foo=baz; baz=1234");
  assert.deepEqual([await cookies.get("bar"), await cookies.get("qat")], ["foo", undefined]);
  assert.deepEqual(
    [await cookies.has("baz"), await cookies.has("qat"), await cookies.size],
    [true, false, 3],
  );
  const entries = [
    ["bar", "foo"],
    ["foo", "baz"],
    ["baz", "1234"],
  ];
  assert.deepEqual(await collect(cookies), entries);
  assert.deepEqual(await collect(cookies.entries()), entries);
  assert.deepEqual(await collect(cookies.keys()), ["bar", "foo", "baz"]);
  assert.deepEqual(await collect(cookies.values()), ["foo", "baz", "1234"]);
  assert.deepEqual(sent(), []);
});

test("without keys a cookie is set when the call returns", async () => {
  const response = new Response(null);
  const cookies = new SecureCookieMap(new Request("http://localhost/"), { response });
  const setting = cookies.set("foo", "bar");
  assert.deepEqual([...response.headers], [["set-cookie", "foo=bar; path=/; httponly"]]);
  assert.equal(await setting, cookies);
});

test("without a response the map keeps the headers", async () => {
  const cookies = new SecureCookieMap(new Headers());
  await cookies.set("foo", "bar");
  assert.deepEqual(cookies[cookieMapHeadersInitSymbol](), [["set-cookie", "foo=bar; path=/; httponly"]]);
});

test("with keys a cookie is set with its signature, unless it is said otherwise", async () => {
  const { cookies, sent } = mapOf("", ["secret1"]);
  await cookies.set("bar", "foo");
  await cookies.set("baz", "1", { signed: false });
  const expected = ["bar=foo; path=/; httponly", `bar.sig=${BY_SECRET1}; path=/; httponly`];
  assert.deepEqual(sent(), [...expected, "baz=1; path=/; httponly"]);
});

test("cookies are set in the order of the calls, however long signing takes", async () => {
  const signed: ((digest: string) => void)[] = [];
  const keys = {
    sign: () => new Promise<string>((resolve) => signed.push(resolve)),
    verify: () => Promise.resolve(false),
    indexOf: () => Promise.resolve(-1),
  };
  const { cookies, sent } = mapOf("", undefined, { keys });
  const setting = [
    cookies.set("a", "1"),
    cookies.set("a", "2"),
    cookies.set("a", "3", { signed: false }),
    cookies.delete("b"),
  ];
  signed[1]?.("y");
  signed[0]?.("x");
  await Promise.all(setting);
  assert.deepEqual(
    sent().map((cookie) => cookie.split("; ")[0]),
    ["a=1", "a.sig=x", "a=2", "a.sig=y", "a=3", "b=", "b.sig="],
  );
});

test("a cookie that can't be signed is told to whoever sets it, and the next ones are set", async () => {
  const { cookies, sent } = mapOf("", [""]);
  const failing = cookies.set("a", "1");
  const setting = cookies.set("b", "2", { signed: false });
  await assert.rejects(failing);
  await setting;
  assert.deepEqual(sent(), ["b=2; path=/; httponly"]);
});

test("a signature is kept as its cookie is", async () => {
  const { cookies, sent } = mapOf("", ["secret1"], { secure: true });
  await cookies.set("bar", "foo", { domain: "a.test", path: "/a", sameSite: "lax", httpOnly: false });
  const attributes = "path=/a; domain=a.test; samesite=lax; secure";
  assert.deepEqual(sent(), [`bar=foo; ${attributes}`, `bar.sig=${BY_SECRET1}; ${attributes}`]);
});

test("cookies that are set at once stay with their signatures, and are overwritten with them", async () => {
  const { cookies, sent } = mapOf("", ["secret1"]);
  await Promise.all([cookies.set("a", "1"), cookies.set("b", "2")]);
  const names = () => sent().map((cookie) => cookie.split("=")[0]);
  assert.deepEqual(names(), ["a", "a.sig", "b", "b.sig"]);
  await cookies.set("a", "3", { overwrite: true });
  assert.deepEqual(names(), ["b", "b.sig", "a", "a.sig"]);
});

test("a rightly signed cookie is read, and nothing set", async () => {
  const { cookies, sent } = mapOf(`bar=foo; bar.sig=${BY_SECRET1}`, ["secret1"]);
  assert.deepEqual(
    [await cookies.get("bar"), await cookies.has("bar"), await cookies.size],
    ["foo", true, 1],
  );
  assert.deepEqual(await collect(cookies), [["bar", "foo"]]);
  assert.deepEqual(sent(), []);
});

test("what an old key signed is signed anew, once", async () => {
  const { cookies, sent } = mapOf(`bar=foo; bar.sig=${BY_SECRET1}`, ["secret2", "secret1"]);
  assert.equal(await cookies.get("bar"), "foo");
  await Promise.all([cookies.get("bar"), cookies.has("bar"), cookies.size]);
  assert.deepEqual(sent(), [`bar.sig=${BY_SECRET2}; path=/; httponly`]);
});

test("a wrong signature makes its cookie none, and is deleted, once", async () => {
  for (const digest of ["tampered", BY_SECRET2, "", "ü", "a".repeat(5000)]) {
    const { cookies, sent } = mapOf(`bar=foo; bar.sig=${digest}; foo=baz`, ["secret1"]);
    assert.deepEqual([await cookies.get("bar"), await cookies.has("bar")], [undefined, false], digest);
    assert.equal(await cookies.get("foo"), undefined, "it has no signature");
    assert.deepEqual(await collect(cookies), []);
    assert.deepEqual(sent(), [`bar.sig=; ${FORGOTTEN}`]);
  }
});

test("a signature is of the name too", async () => {
  const { cookies } = mapOf(`admin=foo; admin.sig=${BY_SECRET1}`, ["secret1"]);
  assert.equal(await cookies.get("admin"), undefined);
});

test("the signature of what was set since stays", async () => {
  const old = mapOf(`bar=foo; bar.sig=${BY_SECRET1}`, ["secret2", "secret1"]);
  await old.cookies.set("bar", "new");
  const before = old.sent();
  await old.cookies.get("bar");
  assert.deepEqual(old.sent(), before);
  const wrong = mapOf("bar=foo; bar.sig=x", ["secret1"]);
  await wrong.cookies.set("bar", "foo");
  await wrong.cookies.get("bar");
  assert.deepEqual(wrong.sent(), ["bar=foo; path=/; httponly", `bar.sig=${BY_SECRET1}; path=/; httponly`]);
});

test("signed or not can be said of each", async () => {
  const { cookies } = mapOf("bar=foo", ["secret1"]);
  assert.equal(await cookies.get("bar", { signed: false }), "foo");
  assert.equal(await cookies.has("bar", { signed: true }), false);
  const unsigned = mapOf("bar=foo");
  const failure = { name: "TypeError", message: /there are no keys/ };
  await assert.rejects(unsigned.cookies.get("bar", { signed: true }), failure);
  await assert.rejects(unsigned.cookies.set("bar", "1", { signed: true }), failure);
  assert.deepEqual(unsigned.sent(), []);
});

test("deleting makes the client forget the signature too", async () => {
  const { cookies, sent } = mapOf(`bar=foo; bar.sig=${BY_SECRET1}; baz=1`, ["secret1"]);
  assert.equal(await cookies.delete("a"), true);
  await cookies.clear();
  assert.deepEqual(sent(), [
    `a=; ${FORGOTTEN}`,
    `a.sig=; ${FORGOTTEN}`,
    `bar=; ${FORGOTTEN}`,
    `bar.sig=; ${FORGOTTEN}`,
  ]);
  await cookies.delete("c", { signed: false });
  assert.equal(sent().at(-1), `c=; ${FORGOTTEN}`);
});

test("a secure cookie needs an encrypted connection, or a word that it may do without", async () => {
  const plain = mapOf("");
  await assert.rejects(plain.cookies.set("bar", "foo", { secure: true }), {
    name: "TypeError",
    message: "Cannot send secure cookie over unencrypted connection.",
  });
  await plain.cookies.set("bar", "foo", { secure: true, ignoreInsecure: true });
  assert.deepEqual(plain.sent(), ["bar=foo; path=/; secure; httponly"]);
  const encrypted = mapOf("", undefined, { secure: true });
  await encrypted.cookies.set("bar", "foo");
  assert.deepEqual(encrypted.sent(), ["bar=foo; path=/; secure; httponly"]);
});

test("a cookie that can't be set leaves the response as it is, its signature too", async () => {
  const { cookies, sent } = mapOf("", ["secret1"]);
  await assert.rejects(cookies.set("a", "x;y"), TypeError);
  await assert.rejects(cookies.set("a\n", "x"), TypeError);
  await assert.rejects(cookies.set("a", "x", { maxAge: Number.NaN }), RangeError);
  assert.deepEqual(sent(), []);
});

test("the signature under a name for secure cookies is renewed as one, behind a proxy that encrypts", async () => {
  const set = mapOf("", ["old"]);
  await set.cookies.set("__Host-a", "1", { secure: true, ignoreInsecure: true });
  const received = set.sent().map((cookie) => cookie.split("; ")[0]);
  const { cookies, sent } = mapOf(received.join("; "), ["new", "old"]);
  assert.equal(await cookies.get("__Host-a"), "1");
  assert.match(sent().join(), /^__Host-a\.sig=[\w-]{43}; path=\/; secure; httponly$/);
});

test("no cookie header makes reading, iterating or clearing throw", async () => {
  const part = fc.oneof(
    fc.constantFrom(
      "; ",
      "=",
      "bar=foo",
      "bar.sig=x",
      "__proto__=1",
      "__proto__.sig=x",
      "__Host-a=1; __Host-a.sig=x",
      "b@d=1; b@d.sig=x",
    ),
    fc.string().filter((text) => !/[\0\r\n]|[^\0-\xff]/.test(text)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), fc.boolean(), async (parts, signed) => {
      const { cookies } = mapOf(parts.join("; ").trim(), signed ? ["secret1"] : undefined);
      for (const [name, value] of await collect(cookies)) assert.equal(await cookies.get(name), value);
      await cookies.clear();
      assert.equal(await cookies.get("hasOwnProperty"), undefined);
    }),
    { numRuns: 200 },
  );
});

test("whatever is set signed is read again", async () => {
  const octet = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
  const text = fc.string({
    unit: octet.filter((one) => !'",;\\'.includes(one)),
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      const set = mapOf("", ["secret1"]);
      await set.cookies.set("a", value);
      const received = set.sent().map((cookie) => cookie.split("; ")[0]);
      assert.equal(await mapOf(received.join("; "), ["secret1"]).cookies.get("a"), value);
    }),
    { numRuns: 100 },
  );
});

test("a map shows no cookie and no key", () => {
  assert.equal(inspect(mapOf("session=1", ["secret1"]).cookies), "SecureCookieMap []");
});
