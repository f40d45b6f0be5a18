/**
 * The `Range` header of a request, and the `Content-Range` of its answer.
 *
 * @example
 * ```ts
 * parseRange("bytes=0-4, -5", 100); // [{ start: 0, end: 4 }, { start: 95, end: 99 }]
 * contentRange(100, { start: 0, end: 4 }); // "bytes 0-4/100"
 * ```
 *
 * @module
 */

/** Some bytes of a representation: from the one numbered `start`, the first being 0, to `end` inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** More ranges than that are nobody's need. */
const MAX_RANGES = 32;
const MAX_LENGTH = 2048;
const RANGE = /^(?:(\d+)-(\d*)|-(\d+))$/;

/**
 * Reads a `Range` header for a representation of `size` bytes.
 *
 * Gives the ranges that can be had, cut at the end, as ordered by the client; those that overlap are made one,
 * and then all are in ascending order, so that they never sum up to more than `size`. None, an empty array, means that the answer is 416.
 * `undefined` means that the header is to be ignored: it is malformed, of another unit than bytes, of more than
 * 32 ranges or 2,048 characters, or asks for the end of nothing.
 *
 * @see RFC 9110, section 14.2
 */
export function parseRange(header: string, size: number): ByteRange[] | undefined {
  if (header.length > MAX_LENGTH || !/^bytes=/i.test(header)) return undefined;
  const specs = header
    .slice("bytes=".length)
    .split(",")
    .map((spec) => spec.trim())
    .filter((spec) => spec !== "");
  if (specs.length === 0 || specs.length > MAX_RANGES) return undefined;
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const range = readSpec(spec, size);
    if (range === undefined) return undefined;
    if (range.start < size && range.start <= range.end)
      ranges.push({ start: range.start, end: Math.min(range.end, size - 1) });
  }
  return joinOverlapping(ranges);
}

/**
 * Writes the `Content-Range` for `range` of `size` bytes; without a range, for the answer 416.
 *
 * @see RFC 9110, section 14.4
 */
export function contentRange(size: number, range?: ByteRange): string {
  return `bytes ${range === undefined ? "*" : `${range.start}-${range.end}`}/${size}`;
}

/** A range that may lie beyond the end; `undefined` for what is no range. */
function readSpec(spec: string, size: number): ByteRange | undefined {
  const match = RANGE.exec(spec);
  if (match === null) return undefined;
  const [, first = "", last = "", suffix] = match;
  if (suffix !== undefined) {
    const length = Number(suffix);
    if (length > 0 && size === 0) return undefined;
    return { start: length === 0 ? size : Math.max(0, size - length), end: size - 1 };
  }
  const start = Number(first);
  const end = last === "" ? Number.POSITIVE_INFINITY : Number(last);
  return end < start ? undefined : { start, end };
}

/** Two ranges that only touch stay two: a client may ask for parts that follow each other. */
function joinOverlapping(ranges: ByteRange[]): ByteRange[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  const joined: ByteRange[] = [];
  for (const range of sorted) {
    const before = joined.at(-1);
    if (before === undefined || range.start > before.end) joined.push(range);
    else joined[joined.length - 1] = { start: before.start, end: Math.max(before.end, range.end) };
  }
  return joined.length === ranges.length ? ranges : joined;
}
