import assert from "node:assert/strict";
import { test } from "node:test";
import { Response } from "../../src/app/response.ts";
import type { ResponseBody } from "../../src/app/response-body.ts";

test("a new response is an empty 404", () => {
  const response = new Response();
  assert.deepEqual(
    [response.status, response.body, response.type, response.source, [...response.headers]],
    [404, undefined, undefined, undefined, []],
  );
  assert.deepEqual([response.writable, response.sent, response.statusText], [true, false, "Not Found"]);
});

test("the status follows the body unless it was set", () => {
  const statuses: [body: ResponseBody, status: number][] = [
    ["hello", 200],
    ["", 200],
    [0, 200],
    [false, 200],
    [0n, 200],
    [() => undefined, 200],
    [null, 204],
    [undefined, 204],
  ];
  for (const [body, status] of statuses) {
    const response = new Response();
    response.body = body;
    assert.equal(response.status, status);
    response.status = 418;
    assert.deepEqual([response.status, response.body], [418, body]);
  }
});

test("a status from which no response can be made is refused, and the old one stays", () => {
  const response = new Response();
  response.status = 201;
  for (const status of [-1, 0, 100, 101, 199, 600, 1000, 200.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => (response.status = status), RangeError, `${status}`);
  }
  assert.throws(() => (response.status = "200" as unknown as number), RangeError);
  assert.equal(response.status, 201);
  for (const status of [200, 599]) {
    response.status = status;
    assert.equal(response.status, status);
  }
});

test("the text goes with the status", () => {
  const response = new Response();
  response.status = 418;
  assert.equal(response.statusText, "I'm a teapot");
  response.status = 599;
  assert.equal(response.statusText, "");
});

const types: [type: string | undefined, fallback: string | undefined, sent: string | undefined][] = [
  [undefined, undefined, undefined],
  [undefined, "text/plain", "text/plain; charset=UTF-8"],
  [undefined, "html", "text/html; charset=UTF-8"],
  ["json", "text/plain", "application/json; charset=UTF-8"],
  [".js", undefined, "text/javascript; charset=UTF-8"],
  ["image/png", undefined, "image/png"],
  ["text/html; charset=x", undefined, "text/html; charset=x"],
];

for (const [type, fallback, sent] of types) {
  test(`of the type ${type}, or else ${fallback}, ${sent} is sent`, () => {
    const response = new Response();
    response.type = type;
    const expected = sent === undefined ? [] : [["content-type", sent]];
    assert.deepEqual(response.headerList(fallback), expected);
    assert.deepEqual([...response.headers], [], "the headers stay as they were");
  });
}

test("a content type among the headers stays, whatever the type", () => {
  const response = new Response();
  response.headers.set("Content-Type", "application/x-own");
  response.type = "html";
  assert.deepEqual(response.headerList("json"), [["content-type", "application/x-own"]]);
});

test("the headers are listed each, several cookies too", () => {
  const response = new Response();
  response.headers = new Headers({ "X-Own": "1" });
  response.headers.append("set-cookie", "a=1");
  response.headers.append("set-cookie", "b=2");
  response.headers.append("x-own", "2");
  assert.deepEqual(
    response.headerList().toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    [
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["x-own", "1, 2"],
    ],
  );
});

test("a list that a caller changes is its own", () => {
  const response = new Response();
  response.headers.set("x-own", "1");
  response.headerList().push(["x-more", "2"]);
  assert.deepEqual(response.headerList(), [["x-own", "1"]]);
});

const setters: [name: string, set: (response: Response) => unknown][] = [
  ["body", (response) => (response.body = "x")],
  ["status", (response) => (response.status = 200)],
  ["type", (response) => (response.type = "json")],
  ["headers", (response) => (response.headers = new Headers())],
  ["redirect", (response) => response.redirect("/")],
];

for (const [name, set] of setters) {
  test(`${name} throws once the response is finalized, or another was given`, () => {
    const expected = { message: "The response is not writable." };
    const finalized = new Response();
    finalized.finalize();
    assert.throws(() => set(finalized), expected);
    const replaced = new Response();
    replaced.with(new globalThis.Response());
    assert.throws(() => set(replaced), expected);
    assert.deepEqual([finalized.sent, replaced.sent], [true, false]);
  });
}

test("with takes a response as it is, and its status", () => {
  const response = new Response();
  const own = new globalThis.Response(null, { status: 202 });
  response.with(own);
  assert.equal(response.source, own);
  assert.deepEqual([response.status, response.writable, response.sent], [202, false, false]);
  const expected = { message: "A response has already been finalized." };
  assert.throws(() => response.with(own), expected);
  const finalized = new Response();
  finalized.finalize();
  assert.throws(() => finalized.with(own), expected);
});

test("reset forgets all that was set or given, until it is sent", () => {
  const response = new Response();
  response.status = 201;
  response.type = "json";
  response.body = null;
  response.headers.set("x-own", "1");
  response.with(new globalThis.Response());
  response.reset();
  assert.deepEqual(
    [response.status, response.body, response.type, response.source, response.writable],
    [404, undefined, undefined, undefined, true],
  );
  assert.deepEqual(response.headerList(), []);
  response.finalize();
  assert.throws(() => response.reset(), { message: "The response is not writable." });
});
