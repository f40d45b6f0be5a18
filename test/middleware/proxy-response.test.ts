import assert from "node:assert/strict";
import { test } from "node:test";
import { Response as OwnResponse } from "../../src/app/response.ts";
import { type ProxyResponseOptions, takeProxyResponse } from "../../src/middleware/proxy-response.ts";

async function take(
  answer: Response,
  options: ProxyResponseOptions = {},
  request: Request = new Request("http://upstream.test/"),
  response: OwnResponse = new OwnResponse(),
): Promise<OwnResponse> {
  await takeProxyResponse(response, answer, request, options);
  return response;
}

test("status, headers and body are taken", async () => {
  const response = await take(new Response("hello", { status: 418, headers: { "x-own": "1" } }));
  assert.deepEqual([response.status, response.headers.get("x-own")], [418, "1"]);
  assert.ok(response.body instanceof ReadableStream);
  assert.equal(await new Response(response.body).text(), "hello");
});

test("no body is none, whatever the status", async () => {
  for (const status of [200, 204, 304]) {
    const response = await take(new Response(null, { status }));
    assert.deepEqual([response.status, response.body], [status, null]);
  }
});

test("what belongs to the connection stays there", async () => {
  const headers = { connection: "close, x-hop", "x-hop": "1", "keep-alive": "timeout=5", "x-own": "2" };
  assert.deepEqual([...(await take(new Response(null, { headers }))).headers], [["x-own", "2"]]);
});

test("cookies survive, each; what was set before is added to, or gives way", async () => {
  const response = new OwnResponse();
  response.headers = new Headers([
    ["set-cookie", "own=0"],
    ["vary", "origin"],
    ["x-both", "ours"],
    ["x-ours", "1"],
  ]);
  const headers = new Headers([
    ["set-cookie", "a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT"],
    ["set-cookie", "b=2"],
    ["vary", "accept"],
    ["x-both", "theirs"],
  ]);
  await take(new Response(null, { headers }), {}, undefined, response);
  assert.deepEqual(response.headers.getSetCookie(), [
    "own=0",
    "a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT",
    "b=2",
  ]);
  assert.deepEqual(
    ["vary", "x-both", "x-ours"].map((name) => response.headers.get(name)),
    ["origin, accept", "theirs", "1"],
  );
});

const encoded = { "content-encoding": "GZIP", "content-length": "31", etag: '"a"', "x-own": "1" };

test("what fetch decoded is not said to be encoded, and has another length and tag", async () => {
  const { headers } = await take(new Response("decoded", { headers: encoded }));
  assert.deepEqual(
    [...headers].filter(([name]) => name !== "content-type"),
    [
      ["etag", 'W/"a"'],
      ["x-own", "1"],
    ],
  );
});

test("what fetch leaves as it is keeps all that is said of it", async () => {
  const unknown = { ...encoded, "content-encoding": "x-own" };
  const { headers } = await take(new Response("as it is", { headers: unknown }));
  assert.deepEqual([headers.get("content-encoding"), headers.get("etag")], ["x-own", '"a"']);
  const ranged = new Request("http://upstream.test/", { headers: { range: "bytes=0-1" } });
  const part = await take(new Response("as it is", { headers: encoded }), {}, ranged);
  assert.equal(part.headers.get("content-length"), "31");
});

test("the length of what is not there is kept, and none is invented", async () => {
  const head = new Request("http://upstream.test/", { method: "HEAD" });
  const measured = await take(new Response(null, { headers: { "content-length": "7" } }), {}, head);
  assert.deepEqual([measured.headers.get("content-length"), measured.body], ["7", null]);
  const unmeasured = await take(new Response(null), {}, head);
  assert.ok(unmeasured.body instanceof ReadableStream);
  const same = await take(new Response(null, { status: 304, headers: { "content-length": "7" } }));
  assert.equal(same.headers.get("content-length"), "7");
});

test("the content type can be changed", async () => {
  const answer = () => new Response("x", { headers: { "content-type": "text/plain" } });
  const asked: unknown[] = [];
  const contentType = (url: string, type?: string) => {
    asked.push(url, type);
    return "text/html";
  };
  assert.equal((await take(answer(), { contentType })).headers.get("content-type"), "text/html");
  assert.deepEqual(asked, ["", "text/plain"]);
  const kept = await take(answer(), { contentType: async () => undefined });
  assert.equal(kept.headers.get("content-type"), "text/plain");
  const unset = await take(new Response(null), { contentType: (_, type) => type ?? "image/png" });
  assert.equal(unset.headers.get("content-type"), "image/png");
});

test("an answer that no client can be given is a 502", async () => {
  await assert.rejects(take(Response.error()), { status: 502, message: /status 0$/ });
});
