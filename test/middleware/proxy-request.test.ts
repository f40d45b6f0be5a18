import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Context } from "../../src/app/context.ts";
import { Context as RealContext } from "../../src/app/context.ts";
import { ProxyExchange } from "../../src/middleware/proxy-exchange.ts";
import {
  joinTarget,
  makeProxyRequest,
  type ProxyRequestOptions,
} from "../../src/middleware/proxy-request.ts";
import { createMockApp, createMockContext, type MockContextOptions } from "../../src/testing/mock-context.ts";
import { BareRequest } from "../support/bare-request.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

const TARGET = new URL("http://upstream.test/base/");

function make(mock: MockContextOptions, options: ProxyRequestOptions = {}): Promise<Request> {
  return makeFrom(createMockContext(mock), options);
}

function makeFrom(context: Context, options: ProxyRequestOptions = {}): Promise<Request> {
  return makeProxyRequest(TARGET, context, new ProxyExchange({ client: undefined }), options);
}

const joined: [target: string, path: string, url: string][] = [
  ["http://upstream.test", "/a/b", "http://upstream.test/a/b?q=1"],
  ["http://upstream.test/", "/a/b", "http://upstream.test/a/b?q=1"],
  ["http://upstream.test/base", "/a", "http://upstream.test/base/a?q=1"],
  ["http://upstream.test/base/", "/a", "http://upstream.test/base/a?q=1"],
  ["http://upstream.test/base/", "a", "http://upstream.test/base/a?q=1"],
  ["http://upstream.test/base", "a/", "http://upstream.test/base/a/?q=1"],
  ["http://upstream.test/base", "/", "http://upstream.test/base/?q=1"],
  ["http://upstream.test/base?own=1#part", "/a", "http://upstream.test/base/a?q=1"],
  ["http://upstream.test", "//evil.test/a", "http://upstream.test//evil.test/a?q=1"],
  ["http://upstream.test", "http://evil.test/", "http://upstream.test/http://evil.test/?q=1"],
  ["http://upstream.test", "@evil.test/", "http://upstream.test/@evil.test/?q=1"],
  ["http://upstream.test", "\\\\evil.test\\a", "http://upstream.test//evil.test/a?q=1"],
  ["http://upstream.test", ":99/a", "http://upstream.test/:99/a?q=1"],
  ["http://upstream.test", "/a?b#c", "http://upstream.test/a%3Fb%23c?q=1"],
  ["http://upstream.test", "/a%2fb/...", "http://upstream.test/a%2fb/...?q=1"],
];

for (const [target, path, url] of joined) {
  test(`behind ${target}, ${JSON.stringify(path)} is ${url}`, () => {
    assert.equal(joinTarget(new URL(target), path, "?q=1").href, url);
  });
}

for (const path of [
  "/..",
  "/a/../b",
  "..",
  "/.",
  "/%2e%2E/a",
  "/.%2e",
  "/a\\..\\b",
  "/.\t./a",
  "/a/\n../b",
]) {
  test(`the path ${JSON.stringify(path)} is refused: it leads elsewhere`, () => {
    assert.throws(() => joinTarget(TARGET, path, ""), { status: 400 });
  });
}

test("no path changes the host, or leads out of the target's path", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."/\\.%2eE@:?#\t\n ;a[]é") }), (path) => {
      let url: URL;
      try {
        url = joinTarget(TARGET, path, "");
      } catch (error) {
        assert.equal((error as { status?: number }).status, 400);
        return;
      }
      assert.equal(url.origin, "http://upstream.test");
      assert.ok(url.pathname.startsWith("/base/"), url.href);
      assert.deepEqual([url.search, url.hash, url.username], ["", "", ""]);
    }),
    { numRuns: 2000 },
  );
});

test("a path is mapped by a list or a function, the query stays", async () => {
  const map = { "/a": "/mapped" };
  const urls = [
    await make({ path: "/a?q=1" }, { map }),
    await make({ path: "/b" }, { map }),
    await make({ path: "/constructor" }, { map }),
    await make({ path: "/a", params: { id: "7" } }, { map: (path, params) => `${path}/${params?.id}` }),
  ].map(({ url }) => url);
  const base = "http://upstream.test/base";
  assert.deepEqual(urls, [`${base}/mapped?q=1`, `${base}/b`, `${base}/constructor`, `${base}/a/7`]);
});

test("a parameter that was decoded can't lead out of its place", async () => {
  const map: ProxyRequestOptions["map"] = (_, params) => `/public/${params?.name}`;
  await assert.rejects(make({ params: { name: "../private" } }, { map }), { status: 400 });
});

test("what belongs to the client's connection stays there", async () => {
  const { headers } = await make({
    headers: [
      ["accept-encoding", "zstd"],
      ["connection", "close, x-hop"],
      ["cookie", "a=1"],
      ["expect", "100-continue"],
      ["host", "front.test"],
      ["proxy-authorization", "Basic x"],
      ["te", "trailers"],
      ["x-hop", "1"],
      ["x-own", "2"],
    ],
  });
  assert.deepEqual(
    [...headers.keys()],
    ["cookie", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-own"],
  );
});

test("a client can't take away what the proxy says of it", async () => {
  const { headers } = await make(
    { headers: [["connection", "x-forwarded-for, x-set"]] },
    { headers: { "x-set": "1" } },
  );
  assert.deepEqual([headers.get("x-forwarded-for"), headers.get("x-set")], ["127.0.0.1", "1"]);
});

test("the other server is told of the client and the host that it asked", async () => {
  const { headers } = await make({
    ip: "2001:db8::1",
    headers: [
      ["host", "front.test:8080"],
      ["forwarded", "for=192.0.2.1"],
      ["x-forwarded-for", "192.0.2.1"],
    ],
  });
  const told = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];
  assert.deepEqual(
    told.map((name) => headers.get(name)),
    [
      'for=192.0.2.1, for="[2001:db8::1]";host="front.test:8080";proto=http',
      "192.0.2.1, 2001:db8::1",
      "front.test:8080",
      "http",
    ],
  );
});

test("a Forwarded header without a host is added to without one, and none is made", async () => {
  const { headers } = await make({ headers: [["forwarded", "for=127.0.0.1"]] });
  assert.equal(headers.get("forwarded"), "for=127.0.0.1, for=127.0.0.1");
  assert.equal((await make({})).headers.has("forwarded"), false);
});

test("a malformed Forwarded header is dropped, however hard it is to read", async () => {
  const forwarded = `,;!="\\\\${'t\\\\t\\"'.repeat(2800)}t,`;
  const { headers } = await make({ headers: [["forwarded", forwarded]] });
  assert.deepEqual([headers.has("forwarded"), headers.get("x-forwarded-for")], [false, "127.0.0.1"]);
});

test("behind another proxy it is the proxy that is told of", async () => {
  const app = createMockApp();
  const sent = new BareRequest("/", {
    remoteAddr: "10.0.0.1",
    headers: { ":authority": "front.test", "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https" },
  });
  const context = new RealContext(app, sent, {}, {});
  const { headers } = await makeFrom(context);
  assert.deepEqual(
    [headers.get("x-forwarded-for"), headers.get("x-forwarded-proto"), headers.get("x-forwarded-host")],
    ["192.0.2.1, 10.0.0.1", "https, http", "front.test"],
  );
});

test("a client without an address is unknown", async () => {
  const { headers } = await make({ ip: "" });
  assert.equal(headers.get("x-forwarded-for"), "unknown");
});

test("without proxyHeaders nothing is added", async () => {
  const { headers } = await make({ headers: [["forwarded", "for=a"]] }, { proxyHeaders: false });
  assert.deepEqual([...headers], [["forwarded", "for=a"]]);
});

test("a part is asked for as it is, not compressed", async () => {
  const { headers } = await make({
    headers: [
      ["range", "bytes=0-1"],
      ["accept-encoding", "gzip"],
    ],
  });
  assert.equal(headers.get("accept-encoding"), "identity");
});

test("redirects are not followed unless it is said", async () => {
  assert.equal((await make({})).redirect, "manual");
  assert.equal((await make({}, { redirect: "follow" })).redirect, "follow");
});

const body = () => streamOf([bytesOf('{"a":'), bytesOf("1}")]);
const typed: [string, string][] = [
  ["content-type", "application/json; charset=iso-8859-1; x=y"],
  ["content-length", "7"],
];

test("a body that was not read keeps its length, unless somebody may change it", async () => {
  const kept = await make({ method: "POST", body: body(), headers: typed });
  assert.deepEqual(
    [kept.headers.get("content-length"), kept.headers.get("content-type"), await kept.text()],
    ["7", "application/json; charset=iso-8859-1; x=y", '{"a":1}'],
  );
  const changed = await make(
    { method: "POST", body: body(), headers: typed },
    { request: (request) => request },
  );
  assert.equal(changed.headers.has("content-length"), false);
});

test("a body that was read as text is UTF-8 from now on", async () => {
  const context = createMockContext({ method: "POST", body: body(), headers: typed });
  await context.request.body.json();
  const request = await makeFrom(context);
  assert.deepEqual(
    [request.headers.get("content-length"), request.headers.get("content-type"), await request.text()],
    [null, "application/json; charset=UTF-8; x=y", '{"a":1}'],
  );
});

test("a form that was read gets a new boundary", async () => {
  const form = new FormData();
  form.set("file", new File(["hello"], "a.txt"));
  const source = new Request("http://localhost/", { method: "POST", body: form });
  const context = createMockContext({
    method: "POST",
    body: source.body as ReadableStream<Uint8Array<ArrayBuffer>>,
    headers: [["content-type", source.headers.get("content-type") ?? ""]],
  });
  await context.request.body.formData();
  const file = (await (await makeFrom(context)).formData()).get("file");
  assert.ok(file instanceof File);
  assert.deepEqual([file.name, await file.text()], ["a.txt", "hello"]);
});

test("no body is none", async () => {
  const request = await make({ method: "POST", headers: [["content-length", "0"]] });
  assert.deepEqual([request.body, request.headers.has("content-length")], [null, false]);
});

test("what no request of the web can be is refused", async () => {
  for (const method of ["CONNECT", "TRACE", "TRACK"]) {
    const context = new RealContext(
      createMockApp(),
      new BareRequest("/", { method, headers: { host: "a" } }),
      {},
    );
    await assert.rejects(makeFrom(context), { status: 501 }, method);
  }
  for (const method of ["GET", "HEAD"]) {
    const sent = new BareRequest("/", { method, headers: { host: "a", "content-length": "5" } });
    const context = new RealContext(createMockApp(), sent, {});
    await assert.rejects(makeFrom(context), { status: 400 }, method);
  }
});
