import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorResponseOptions, errorResponse } from "../../src/http/error-response.ts";
import { createHttpError } from "../../src/http/http-error.ts";

const BROWSER = "text/html, application/xhtml+xml, application/xml;q=0.9, image/webp, */*;q=0.8";
const JSON_TYPE = "application/json";
const HTML_TYPE = "text/html; charset=UTF-8";
const TEXT_TYPE = "text/plain; charset=UTF-8";

const forms: [accept: string | undefined, prefer: ErrorResponseOptions["prefer"], type: string][] = [
  [undefined, undefined, JSON_TYPE],
  [undefined, "html", HTML_TYPE],
  ["*/*", undefined, JSON_TYPE],
  ["*/*", "html", HTML_TYPE],
  [BROWSER, "json", HTML_TYPE],
  ["application/json, text/html", "json", JSON_TYPE],
  ["application/json, text/html", "html", HTML_TYPE],
  ["text/html, application/json", "json", JSON_TYPE],
  ["application/json, text/html;q=0.5", "html", JSON_TYPE],
  ["application/problem+json", undefined, "application/problem+json"],
  ["text/plain, text/html;q=0.5", "html", TEXT_TYPE],
  ["image/png", undefined, TEXT_TYPE],
];

for (const [accept, prefer, type] of forms) {
  test(`a client that accepts ${accept}, of an application that prefers ${prefer}, is told in ${type}`, () => {
    const request = new Request("http://localhost/", accept === undefined ? {} : { headers: { accept } });
    const response = errorResponse(createHttpError(404), { request, prefer });
    assert.equal(response.headers.get("content-type"), type);
    assert.deepEqual([response.status, response.statusText], [404, "Not Found"]);
  });
}

test("the problem's details name the message", async () => {
  const response = errorResponse(createHttpError(401, "who are you?"));
  assert.deepEqual(await response.json(), {
    type: "about:blank",
    title: "Unauthorized",
    status: 401,
    detail: "who are you?",
    statusText: "Unauthorized",
    message: "who are you?",
  });
});

test("nothing is told that is not exposed, and never where it happened", async () => {
  for (const prefer of ["json", "html"] as const) {
    const hidden = await errorResponse(createHttpError(500, "the secret"), { prefer }).text();
    assert.doesNotMatch(hidden, /secret|error-response\.test|at /);
    assert.match(hidden, /Internal Server Error/);
    const exposed = await errorResponse(createHttpError(400, "the reason"), { prefer }).text();
    assert.match(exposed, /the reason/);
    assert.doesNotMatch(exposed, /error-response\.test/);
  }
});

test("a page shows the message as text", async () => {
  const error = createHttpError(400, `<script>alert('1' & "2")</script>`);
  const page = await errorResponse(error, { prefer: "html" }).text();
  assert.match(page, /^<!DOCTYPE html>/);
  assert.match(page, /<p>&#60;script&#62;alert\(&#39;1&#39; &#38; &#34;2&#34;\)&#60;\/script&#62;<\/p>/);
});

test("the error's headers are the response's, those that are given go before them, and the type is the form's", () => {
  const error = createHttpError(429, "wait", {
    headers: [
      ["retry-after", "3"],
      ["x-own", "1"],
      ["set-cookie", "a=1"],
    ],
  });
  const headers = new Headers({ "retry-after": "5", "content-type": "text/html" });
  headers.append("set-cookie", "b=2");
  const response = errorResponse(error, { headers });
  assert.deepEqual([response.headers.get("retry-after"), response.headers.get("x-own")], ["5", "1"]);
  assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assert.equal(response.headers.get("content-type"), JSON_TYPE);
  assert.equal(error.headers?.get("retry-after"), "3", "the error stays as it was");
});
