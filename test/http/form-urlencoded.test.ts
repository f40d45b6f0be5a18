import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseForm } from "../../src/http/form-urlencoded.ts";
import { httpErrors } from "../../src/http/http-error.ts";

test("reads what a form sends", () => {
  assert.deepEqual(
    [...parseForm("a=1+2&b=%C3%A9&a=3&&c&=d&e=1=2")],
    [
      ["a", "1 2"],
      ["b", "é"],
      ["a", "3"],
      ["c", ""],
      ["", "d"],
      ["e", "1=2"],
    ],
  );
  assert.deepEqual([...parseForm("")], []);
});

test("a question mark is part of the first name", () => {
  assert.deepEqual([...parseForm("?a=1")], [["?a", "1"]]);
});

for (const [text, bad] of [
  ["a=%zz", "%zz"],
  ["a=100%", "%"],
  ["a=%4", "%4"],
  ["%C3%A9=%e&b=1", "%e"],
  ["a=%25%%25", "%"],
]) {
  test(`${text} is malformed`, () => {
    assert.throws(
      () => parseForm(text as string),
      (error) => {
        assert.ok(error instanceof httpErrors.BadRequest);
        assert.equal(error.message, `The body is not a form: "${bad}" is no percent-encoding`);
        return true;
      },
    );
  });
}

test("reads back whatever the platform writes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }))),
      (pairs) => {
        assert.deepEqual([...parseForm(new URLSearchParams(pairs).toString())], pairs);
      },
    ),
  );
});
