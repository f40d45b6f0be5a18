import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatHttpDate, parseHttpDate } from "../../src/http/http-date.ts";

const TIME = Date.UTC(1994, 10, 6, 8, 49, 37);

test("the three forms of a date are read", () => {
  for (const text of [
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
  ]) {
    assert.equal(parseHttpDate(text), TIME, text);
  }
  assert.equal(parseHttpDate("Sun Nov 16 08:49:37 1997"), Date.UTC(1997, 10, 16, 8, 49, 37));
});

test("a date is written in the present form", () => {
  assert.equal(formatHttpDate(TIME + 999), "Sun, 06 Nov 1994 08:49:37 GMT");
});

test("two digits are the year that is less than 50 years ahead", () => {
  const year = new Date().getUTCFullYear();
  const read = (full: number) => {
    const digits = String(full % 100).padStart(2, "0");
    return new Date(parseHttpDate(`Monday, 01-Mar-${digits} 00:00:00 GMT`) ?? 0).getUTCFullYear();
  };
  assert.deepEqual([read(year), read(year + 10), read(year + 51)], [year, year + 10, year - 49]);
});

test("what is no date to the letter is none", () => {
  for (const text of [
    "",
    "0",
    "1994-11-06T08:49:37Z",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    " Sun, 06 Nov 1994 08:49:37 GMT",
    "Mon, 06 Nov 1994 08:49:37 GMT",
    "Wed, 30 Feb 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 31-Nov-94 08:49:37 GMT",
    "Noday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov 31 08:49:37 1994",
    "Sun Nov  0 08:49:37 1994",
    "Sun Nov  6 08:49:61 1994",
    "x".repeat(100_000),
  ]) {
    assert.equal(parseHttpDate(text), undefined, text.slice(0, 60));
  }
});

test("property: what is written is read again, to the second", () => {
  const times = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
  fc.assert(
    fc.property(times, (time) => parseHttpDate(formatHttpDate(time)) === Math.floor(time / 1000) * 1000),
  );
});

test("property: no text throws", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (text) => {
      const time = parseHttpDate(text);
      return time === undefined || Number.isSafeInteger(time);
    }),
  );
});
