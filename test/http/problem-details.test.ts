import assert from "node:assert/strict";
import { test } from "node:test";
import { prefersProblem, problemDetails } from "../../src/http/problem-details.ts";

test("a problem is of no special kind, and has the title of its status", () => {
  assert.deepEqual(problemDetails(404), { type: "about:blank", title: "Not Found", status: 404 });
  assert.deepEqual(problemDetails(599), { type: "about:blank", title: "", status: 599 });
});

test("the rest is the caller's, save the status", () => {
  const details = {
    type: "https://example.com/out-of-credit",
    title: "Out of credit",
    detail: "30 are left",
    instance: "/account/12345",
    balance: 30,
  };
  assert.deepEqual(problemDetails(403, { ...details, status: 200 }), { ...details, status: 403 });
});

const problems = [
  "application/json",
  "application/problem+json",
  "APPLICATION/JSON",
  "application/json; charset=utf-8",
  "application/vnd.api+json",
  "application/*",
  "*/*+json",
  "application/json, text/plain, */*",
  "text/html;q=0.2, application/ld+json;q=0.4",
  "text/plain;q=0, application/json;q=0.1",
];
const texts = [
  null,
  "",
  "*/*",
  "text/*",
  "text/html",
  "image/png",
  "text/event-stream",
  "text/plain, application/json",
  "application/json;q=0",
  "application/json;q=0.5, text/plain",
  "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "application/jsonish",
  "json",
];

for (const [expected, list] of [
  [true, problems],
  [false, texts],
] as const) {
  for (const accept of list) {
    test(`a client that accepts ${JSON.stringify(accept)} is ${expected ? "" : "not "}told of problems`, () => {
      assert.equal(prefersProblem(accept), expected);
    });
  }
}
