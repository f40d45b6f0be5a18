import assert from "node:assert/strict";
import { STATUS_CODES } from "node:http";
import { test } from "node:test";
import {
  isClientErrorStatus,
  isErrorStatus,
  isInformationalStatus,
  isNullBodyStatus,
  isRedirectStatus,
  isServerErrorStatus,
  isStatus,
  isSuccessfulStatus,
  STATUS_CODE,
  STATUS_TEXT,
  Status,
} from "../../src/http/status.ts";

test("each status that the platform knows has a name and a text", () => {
  const codes = new Set<number>(Object.values(Status));
  // 509 is in the platform's list and in no registry.
  const known = Object.keys(STATUS_CODES).filter((code) => code !== "509");
  assert.deepEqual(
    known.filter((code) => !codes.has(Number(code))),
    [],
  );
  for (const [name, code] of Object.entries(Status)) assert.ok(STATUS_TEXT[code], name);
  assert.equal(codes.size, Object.keys(STATUS_CODE).length, "no code has two names");
});

test("the names of older standards are names of the same codes", () => {
  const older = Object.entries(Status).filter(([name]) => !Object.hasOwn(STATUS_CODE, name));
  assert.deepEqual(older, [
    ["RequestEntityTooLarge", 413],
    ["RequestURITooLong", 414],
    ["RequestedRangeNotSatisfiable", 416],
  ]);
  assert.deepEqual([STATUS_TEXT[413], STATUS_TEXT[416]], ["Content Too Large", "Range Not Satisfiable"]);
});

test("the texts are words", () => {
  const pinned: [Status, string][] = [
    [Status.OK, "OK"],
    [Status.NonAuthoritativeInfo, "Non Authoritative Info"],
    [Status.NoContent, "No Content"],
    [Status.MultiStatus, "Multi-Status"],
    [Status.IMUsed, "IM Used"],
    [Status.NotFound, "Not Found"],
    [Status.URITooLong, "URI Too Long"],
    [Status.Teapot, "I'm a teapot"],
    [Status.TooEarly, "Too Early"],
    [Status.RequestHeaderFieldsTooLarge, "Request Header Fields Too Large"],
    [Status.InternalServerError, "Internal Server Error"],
    [Status.HTTPVersionNotSupported, "HTTP Version Not Supported"],
  ];
  for (const [code, text] of pinned) assert.equal(STATUS_TEXT[code], text);
});

test("null-body statuses are the Fetch Standard's", () => {
  const numbers = Array.from({ length: 600 }, (_, status) => status);
  assert.deepEqual(numbers.filter(isNullBodyStatus), [101, 103, 204, 205, 304]);
});

test("redirects and errors are registered statuses of their hundreds", () => {
  const numbers = Array.from({ length: 1000 }, (_, status) => status);
  assert.deepEqual(numbers.filter(isRedirectStatus), [300, 301, 302, 303, 304, 305, 307, 308]);
  const errors = numbers.filter(isErrorStatus);
  assert.deepEqual([errors[0], errors.at(-1)], [400, 511]);
  for (const status of [399, 419, 499, 509, 599, 600])
    assert.equal(isErrorStatus(status), false, `${status}`);
  for (const status of [Number.NaN, -400, 400.5, Number.POSITIVE_INFINITY]) {
    assert.deepEqual([isErrorStatus(status), isRedirectStatus(status)], [false, false]);
  }
});

test("each registered status is of one kind, and no other number of any", () => {
  const kinds = [
    isInformationalStatus,
    isSuccessfulStatus,
    isRedirectStatus,
    isClientErrorStatus,
    isServerErrorStatus,
  ];
  for (let status = 0; status < 1000; status++) {
    const registered = Object.values<number>(STATUS_CODE).includes(status);
    assert.equal(isStatus(status), registered);
    const hundreds = kinds.map((_, index) => registered && Math.floor(status / 100) === index + 1);
    assert.deepEqual(
      kinds.map((isKind) => isKind(status)),
      hundreds,
      `${status}`,
    );
  }
  for (const status of [Number.NaN, 200.5, -200, "toString" as unknown as number]) {
    assert.equal(isStatus(status), false);
  }
});
