import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { entityTag, fileTag, matchesStrongly, matchesWeakly } from "../../src/http/entity-tag.ts";

const HELLO = '"a-YdfmHmj2RiwOVqJupcf3PLK9PuJ"';

test("the tag of text and of its bytes is their length and digest", async () => {
  assert.equal(await entityTag("hello deno"), HELLO);
  assert.equal(await entityTag(new TextEncoder().encode("hello deno")), HELLO);
  assert.equal(await entityTag(JSON.stringify({ msg: "hello deno" })), '"14-JvQev/2QpYTuhshiKlzH0ZRXxAP"');
  assert.equal(await entityTag(""), '"0-47DEQpj8HBSa+/TImW+5JCeuQeR"');
  assert.match(await entityTag("é".repeat(8)), /^"10-/);
});

test("the tag of a view is that of the bytes it shows", async () => {
  const whole = new TextEncoder().encode("..hello deno..");
  assert.equal(await entityTag(whole.subarray(2, 12)), HELLO);
});

test("a tag can be weak, or of another digest", async () => {
  assert.equal(await entityTag("hello deno", { weak: true }), `W/${HELLO}`);
  assert.notEqual(await entityTag("hello deno", { algorithm: "SHA-1" }), HELLO);
});

test("the tag of a file is weak, of its size and time", async () => {
  const tag = await entityTag({ size: 0x4a3b7, mtime: new Date(1000) });
  assert.match(tag ?? "", /^W\/"4a3b7-[\da-f]+"$/);
  assert.notEqual(tag, await entityTag({ size: 0x4a3b7, mtime: new Date(1001) }));
  assert.notEqual(fileTag(1, 1000.001), fileTag(1, 1000.002));
  assert.notEqual(fileTag(1, 1000), fileTag(1, 1000, "br"));
  assert.match(fileTag(1, -5), /^W\/"1-0"$/);
  assert.equal(await entityTag({ size: 1, mtime: null }), undefined);
});

const comparisons: [list: string, tag: string, weakly: boolean, strongly: boolean][] = [
  ['"a"', '"a"', true, true],
  ['W/"a"', '"a"', true, false],
  ['"a"', 'W/"a"', true, false],
  ['W/"a"', 'W/"a"', true, false],
  ['"b"', '"a"', false, false],
  ["*", '"a"', true, true],
  [" * ", 'W/"a"', true, true],
  ["*", "", true, true],
  ["", "", false, false],
  ["", '"a"', false, false],
  ['"b", "a"', '"a"', true, true],
  ['"b","a"', '"a"', true, true],
  ['"b" ,\t W/"a" , "c"', '"a"', true, false],
  [', , "a"', '"a"', true, true],
  ['"b,a"', '"a"', false, false],
  ['"a,b"', '"a,b"', true, true],
  ['"a', '"a"', false, false],
  ["a", '"a"', false, false],
  ['a, "a"', '"a"', false, false],
  ['"a" b', '"a"', false, false],
  ['w/"a"', '"a"', false, false],
  ['"a b", "a"', '"a"', false, false],
  ['""', '""', true, true],
];

for (const [list, tag, weakly, strongly] of comparisons) {
  test(`${list} and ${tag}: weakly ${weakly}, strongly ${strongly}`, () => {
    assert.deepEqual([matchesWeakly(list, tag), matchesStrongly(list, tag)], [weakly, strongly]);
  });
}

test("a long list of any kind is no match, and is soon through", () => {
  for (const part of [" ", ",", '"', '"a",', 'W/"', '"a" ', ",\t"]) {
    assert.equal(matchesWeakly(`${part.repeat(200_000)}x`, '"z"'), false);
  }
});

const opaques = fc.string({
  unit: fc.constantFrom("a", "b", ",", "/", "W", "!", "~", "\u00ff"),
  maxLength: 6,
});
const tags = fc.tuple(fc.boolean(), opaques).map(([weak, opaque]) => `${weak ? "W/" : ""}"${opaque}"`);

test("property: a list matches when one of its tags does", () => {
  const strip = (tag: string) => tag.replace(/^W\//, "");
  fc.assert(
    fc.property(fc.array(tags), tags, fc.constantFrom(",", ", ", " ,", ",,"), (list, tag, comma) => {
      const text = list.join(comma);
      assert.equal(
        matchesWeakly(text, tag),
        list.some((listed) => strip(listed) === strip(tag)),
      );
      assert.equal(matchesStrongly(text, tag), !tag.startsWith("W/") && list.includes(tag));
    }),
  );
});

test("property: no text throws, and a strong match is a weak one", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), tags, (text, tag) => {
      assert.ok(matchesWeakly(text, tag) || !matchesStrongly(text, tag));
    }),
  );
});
