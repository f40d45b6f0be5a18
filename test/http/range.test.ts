import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { contentRange, parseRange } from "../../src/http/range.ts";

type Pair = [start: number, end: number];

const cases: [header: string, size: number, ranges: Pair[] | undefined][] = [
  ["bytes=0-499", 10_000, [[0, 499]]],
  ["bytes=500-999", 10_000, [[500, 999]]],
  ["bytes=-500", 10_000, [[9500, 9999]]],
  ["bytes=-499", 65_000, [[64_501, 64_999]]],
  ["bytes=-3", 10, [[7, 9]]],
  ["bytes=9500-", 10_000, [[9500, 9999]]],
  [
    "bytes=0-0,-1",
    10_000,
    [
      [0, 0],
      [9999, 9999],
    ],
  ],
  ["BYTES=0-0", 10, [[0, 0]]],
  // Cut at the end.
  ["bytes=5-500", 10, [[5, 9]]],
  ["bytes=-500", 10, [[0, 9]]],
  ["bytes=0-99999999999999999999999999", 10, [[0, 9]]],
  // Space or none, and elements that are empty.
  [
    "bytes=0-1,4-5",
    10,
    [
      [0, 1],
      [4, 5],
    ],
  ],
  [
    "bytes=0-1 ,\t4-5",
    10,
    [
      [0, 1],
      [4, 5],
    ],
  ],
  [
    "bytes= 0-1,,4-5,",
    10,
    [
      [0, 1],
      [4, 5],
    ],
  ],
  // In the client's order; those that only touch stay two.
  [
    "bytes=4-5,0-1",
    10,
    [
      [4, 5],
      [0, 1],
    ],
  ],
  [
    "bytes=0-5, 6-9",
    23,
    [
      [0, 5],
      [6, 9],
    ],
  ],
  // What overlaps becomes one.
  ["bytes=0-5,3-9", 23, [[0, 9]]],
  [
    "bytes=10-12,3-9,0-5",
    23,
    [
      [0, 9],
      [10, 12],
    ],
  ],
  ["bytes=0-,0-,0-", 23, [[0, 22]]],
  ["bytes=0-9,2-3", 23, [[0, 9]]],
  // What lies beyond the end is left out; where nothing is left, it is a 416.
  ["bytes=0-1,50-60", 10, [[0, 1]]],
  ["bytes=10-", 10, []],
  ["bytes=10-20,30-", 10, []],
  ["bytes=-0", 10, []],
  ["bytes=99999999999999999999999999-", 10, []],
  ["bytes=0-", 0, []],
  ["bytes=0-0", 0, []],
  ["bytes=-0", 0, []],
  ["bytes=-5", 0, undefined],
  // What is malformed, or of another unit, is ignored.
  ["", 10, undefined],
  ["bytes", 10, undefined],
  ["bytes=", 10, undefined],
  ["bytes=,", 10, undefined],
  ["bytes=a-b", 10, undefined],
  ["bytes=-", 10, undefined],
  ["bytes=5", 10, undefined],
  ["bytes=5-2", 10, undefined],
  ["bytes=0-1,5-2", 10, undefined],
  ["bytes=0-1,x", 10, undefined],
  ["bytes=--1", 10, undefined],
  ["bytes=1-2-3", 10, undefined],
  ["bytes=+1-2", 10, undefined],
  ["bytes=1.0-2", 10, undefined],
  ["bytes=0 - 1", 10, undefined],
  ["bytes 0-1", 10, undefined],
  ["items=0-1", 10, undefined],
  ["seconds=1-2", 10, undefined],
  // More than anybody needs.
  [
    `bytes=${Array.from({ length: 32 }, (_, index) => `${index * 2}-${index * 2}`)}`,
    100,
    Array.from({ length: 32 }, (_, index): Pair => [index * 2, index * 2]),
  ],
  [`bytes=${Array.from({ length: 33 }, (_, index) => `${index * 2}-${index * 2}`)}`, 100, undefined],
  [`bytes=0-1${",".repeat(3000)}`, 100, undefined],
];

for (const [header, size, expected] of cases) {
  test(`${header.slice(0, 60)} of ${size}`, () => {
    assert.deepEqual(
      parseRange(header, size),
      expected?.map(([start, end]) => ({ start, end })),
    );
  });
}

test("Content-Range tells the range and the size, or the size alone", () => {
  assert.equal(contentRange(23, { start: 0, end: 5 }), "bytes 0-5/23");
  assert.equal(contentRange(23), "bytes */23");
});

const numbers = fc.oneof(fc.nat(30).map(String), fc.constantFrom("", "", "9".repeat(30), "a", "-1", "1e3"));
const specs = fc
  .tuple(numbers, fc.constantFrom("-", "-", "-", "", " - "), numbers)
  .map((parts) => parts.join(""));
const headers = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc
    .tuple(
      fc.constantFrom("bytes=", "bytes=", "Bytes=", "lines=", ""),
      fc.array(specs, { maxLength: 40 }),
      fc.constantFrom(",", ", ", ",,"),
    )
    .map(([unit, list, comma]) => unit + list.join(comma)),
);

test("property: whatever is asked, each range lies within the content, no byte is in two", () => {
  fc.assert(
    fc.property(headers, fc.nat(40), (header, size) => {
      const ranges = parseRange(header, size);
      if (ranges === undefined) return;
      assert.ok(ranges.length <= 32);
      const seen = new Set<number>();
      for (const { start, end } of ranges) {
        assert.ok(start >= 0 && start <= end && end < size, `${start}-${end} of ${size}`);
        for (let at = start; at <= end; at++) {
          assert.ok(!seen.has(at), `${at} twice`);
          seen.add(at);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("property: just those bytes are given that were asked for and are there", () => {
  const pairs = fc.tuple(fc.nat(30), fc.nat(30)).map(([a, b]): Pair => (a < b ? [a, b] : [b, a]));
  fc.assert(
    fc.property(
      fc.array(pairs, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 25 }),
      (list, size) => {
        const ranges = parseRange(`bytes=${list.map((pair) => pair.join("-"))}`, size) ?? [];
        for (let at = 0; at < 31; at++) {
          const asked = at < size && list.some(([start, end]) => start <= at && at <= end);
          assert.equal(
            ranges.some(({ start, end }) => start <= at && at <= end),
            asked,
            `byte ${at}`,
          );
        }
      },
    ),
  );
});
