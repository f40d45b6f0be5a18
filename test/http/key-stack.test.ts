import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { type Key, KeyStack } from "../../src/http/key-stack.ts";

/** HMAC with SHA-256 and the key "hello" of "world". */
const DIGEST = "8ayXAutfryPKKRpNxG3t3u4qeMza8KQSvtdxTP_7HMQ";

test("the newest key signs", async () => {
  assert.equal(await new KeyStack(["hello", "world"]).sign("world"), DIGEST);
  assert.notEqual(await new KeyStack(["world", "hello"]).sign("world"), DIGEST);
});

test("a key is text or bytes of any kind", async () => {
  const bytes = new TextEncoder().encode("hello");
  // Stands in the middle of a larger buffer.
  const view = new TextEncoder().encode("«hello»").subarray(2, 7);
  for (const key of [bytes, [...bytes], bytes.buffer as ArrayBuffer, view] as Key[]) {
    assert.equal(await new KeyStack([key]).sign("world"), DIGEST);
  }
});

test("rotation: what an old key signed is verified while the key is about", async () => {
  const before = new KeyStack(["old"]);
  const digest = await before.sign("data");
  const during = new KeyStack(["new", "old"]);
  assert.equal(await during.indexOf("data", digest), 1);
  assert.equal(await during.verify("data", digest), true);
  assert.equal(await during.indexOf("data", await during.sign("data")), 0);
  const after = new KeyStack(["new"]);
  assert.equal(await after.indexOf("data", digest), -1);
  assert.equal(await after.verify("data", digest), false);
});

test("other data is not verified", async () => {
  const keys = new KeyStack(["hello", "world"]);
  assert.equal(await keys.verify("world", DIGEST), true);
  assert.equal(await keys.verify("World", DIGEST), false);
  assert.equal(await keys.verify("", DIGEST), false);
});

test("text is signed as UTF-8", async () => {
  const keys = new KeyStack(["ключ"]);
  const digest = await keys.sign("Δωδώνη 🌳");
  assert.equal(await keys.verify("Δωδώνη 🌳", digest), true);
  assert.equal(await keys.verify("Δωδώνη", digest), false);
});

test("there is no stack of no keys", () => {
  assert.throws(() => new KeyStack([]), {
    name: "TypeError",
    message: "Cannot make a key stack of no keys",
  });
  assert.equal(new KeyStack(new Set(["a", "b"])).length, 2);
});

test("a key that can't be one is told to whoever signs or verifies", async () => {
  const keys = new KeyStack([""]);
  await assert.rejects(keys.sign("data"));
  await assert.rejects(keys.verify("data", DIGEST));
});

test("a digest that is none is refused, and never throws", async () => {
  const keys = new KeyStack(["hello"]);
  const malformed = ["", "=", "a", DIGEST.slice(0, -1), `${DIGEST}=`, `${DIGEST}A`, ` ${DIGEST}`, "…", "\0"];
  for (const digest of [...malformed, DIGEST.replace("_", "/"), DIGEST.repeat(1000)]) {
    assert.equal(await keys.indexOf("world", digest), -1, digest);
  }
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), async (digest) => {
      assert.equal(await keys.verify("world", digest), false);
    }),
    { numRuns: 100 },
  );
});

const base64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

test("a digest with another character anywhere is refused", async () => {
  const keys = new KeyStack(["hello"]);
  const forge = (at: number, character: string) => DIGEST.slice(0, at) + character + DIGEST.slice(at + 1);
  await fc.assert(
    fc.asyncProperty(fc.nat(DIGEST.length - 1), fc.constantFrom(...base64Url), async (at, character) => {
      assert.equal(await keys.verify("world", forge(at, character)), DIGEST[at] === character);
    }),
    { numRuns: 200 },
  );
  // Two bits of the last character stand for nothing.
  for (const character of base64Url) {
    assert.equal(
      await keys.verify("world", forge(DIGEST.length - 1, character)),
      character === "Q",
      character,
    );
  }
});

test("whatever is signed is verified", async () => {
  const key = fc.string({ minLength: 1, maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(fc.array(key, { minLength: 1, maxLength: 3 }), fc.string(), async (list, data) => {
      const keys = new KeyStack(list);
      assert.equal(await keys.indexOf(data, await keys.sign(data)), 0);
    }),
    { numRuns: 50 },
  );
});

test("a stack shows how many keys there are, and none of them", () => {
  assert.equal(inspect(new KeyStack(["hello", "world"])), "KeyStack { length: 2 }");
});
