import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluatePreconditions, isRangeCurrent, type Validators } from "../../src/http/conditional.ts";
import { formatHttpDate } from "../../src/http/http-date.ts";

const CHANGED_MS = Date.UTC(2024, 0, 2, 3, 4, 5, 678);
const AT = formatHttpDate(CHANGED_MS);
const BEFORE = formatHttpDate(CHANGED_MS - 1000);
const AFTER = formatHttpDate(CHANGED_MS + 1000);
const STRONG: Validators = { etag: '"a"', lastModifiedMs: CHANGED_MS };
const WEAK: Validators = { etag: 'W/"a"', lastModifiedMs: CHANGED_MS };

type Case = [
  headers: Record<string, string>,
  status: 304 | 412 | undefined,
  validators?: Validators,
  method?: string,
];

const cases: Case[] = [
  [{}, undefined],
  [{ "if-match": '"a"' }, undefined],
  [{ "if-match": '"b"' }, 412],
  [{ "if-match": 'W/"a"' }, 412],
  [{ "if-match": '"a"' }, 412, WEAK],
  [{ "if-match": "*" }, undefined, WEAK],
  [{ "if-match": "*" }, undefined, {}],
  [{ "if-match": '"a"' }, 412, {}],
  [{ "if-match": "a" }, 412],
  [{ "if-unmodified-since": AT }, undefined],
  [{ "if-unmodified-since": AFTER }, undefined],
  [{ "if-unmodified-since": BEFORE }, 412],
  [{ "if-unmodified-since": "yesterday" }, undefined],
  [{ "if-unmodified-since": BEFORE }, undefined, { etag: '"a"' }],
  // If-Match goes before If-Unmodified-Since, which is then not looked at.
  [{ "if-match": '"a"', "if-unmodified-since": BEFORE }, undefined],
  [{ "if-match": '"b"', "if-unmodified-since": AFTER }, 412],
  [{ "if-none-match": '"a"' }, 304],
  [{ "if-none-match": 'W/"a"' }, 304],
  [{ "if-none-match": '"a"' }, 304, WEAK],
  [{ "if-none-match": '"b", "a"' }, 304, STRONG, "HEAD"],
  [{ "if-none-match": '"a"' }, 412, STRONG, "PUT"],
  [{ "if-none-match": '"b"' }, undefined, STRONG, "PUT"],
  [{ "if-none-match": "*" }, 304],
  [{ "if-none-match": "*" }, 412, STRONG, "PUT"],
  [{ "if-none-match": '"b"' }, undefined],
  [{ "if-none-match": '"a"' }, undefined, { lastModifiedMs: CHANGED_MS }],
  [{ "if-modified-since": AT }, 304],
  [{ "if-modified-since": AFTER }, 304],
  [{ "if-modified-since": BEFORE }, undefined],
  [{ "if-modified-since": AT }, 304, STRONG, "HEAD"],
  [{ "if-modified-since": AT }, undefined, STRONG, "POST"],
  [{ "if-modified-since": "soon" }, undefined],
  [{ "if-modified-since": AT }, undefined, { etag: '"a"' }],
  // If-None-Match goes before If-Modified-Since.
  [{ "if-none-match": '"b"', "if-modified-since": AFTER }, undefined],
  [{ "if-none-match": '"a"', "if-modified-since": BEFORE }, 304],
  // The first two go before the last two.
  [{ "if-match": '"b"', "if-none-match": '"a"' }, 412],
  [{ "if-match": '"a"', "if-none-match": '"a"' }, 304],
  [{ "if-unmodified-since": BEFORE, "if-modified-since": AT }, 412],
  [{ "if-unmodified-since": AT, "if-modified-since": AT }, 304],
];

for (const [headers, status, validators = STRONG, method = "GET"] of cases) {
  test(`${method} ${JSON.stringify({ ...headers, ...validators })}: ${status ?? "goes on"}`, () => {
    assert.equal(evaluatePreconditions(method, new Headers(headers), validators), status);
  });
}

const ranges: [ifRange: string | undefined, current: boolean, validators?: Validators][] = [
  [undefined, true],
  [undefined, true, {}],
  ['"a"', true],
  ['"b"', false],
  ['W/"a"', false],
  ['W/"a"', false, WEAK],
  ['"a"', false, WEAK],
  ['"a", "b"', false],
  ["*", false],
  ["a", false],
  [AT, true],
  [AT, true, WEAK],
  [AFTER, false],
  [BEFORE, false],
  [AT, false, { etag: '"a"' }],
  ["", false, { etag: '"a"' }],
  ["some day", false],
];

for (const [ifRange, current, validators = STRONG] of ranges) {
  test(`If-Range ${ifRange} of ${JSON.stringify(validators)}: ${current ? "the range" : "the whole"}`, () => {
    const headers = new Headers(ifRange === undefined ? {} : { "if-range": ifRange });
    assert.equal(isRangeCurrent(headers, validators), current);
  });
}
