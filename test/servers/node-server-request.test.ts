import assert from "node:assert/strict";
import { test } from "node:test";
import { NodeServerRequest } from "../../src/servers/node-server-request.ts";
import { eventually } from "../support/eventually.ts";
import { exchange, skipUnlessNode as skip } from "../support/node-answering.ts";

const GET = "GET /a?b HTTP/1.1\r\nHost: host.test\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n";

async function requested(text = GET) {
  const { request, response, client } = await exchange(text);
  return { serverRequest: new NodeServerRequest(request, response), response, client };
}

test("it shows what Node has", { skip }, async () => {
  const { serverRequest, client } = await requested();
  assert.deepEqual(
    [serverRequest.method, serverRequest.url, serverRequest.rawUrl, serverRequest.httpVersion],
    ["GET", "/a?b", undefined, 1],
  );
  assert.equal(serverRequest.remoteAddr, "127.0.0.1");
  assert.deepEqual([serverRequest.getHeader("x-two"), serverRequest.getHeader("none")], ["1, 2", null]);
  assert.equal(serverRequest.headers.get("x-two"), "1, 2");
  assert.equal(serverRequest.headers, serverRequest.headers, "made once");
  assert.equal(serverRequest.getBody(), null);
  client.destroy();
});

test("a target in absolute form is its path, and the whole is known", { skip }, async () => {
  const { serverRequest, client } = await requested(
    "GET http://other.test/p?q HTTP/1.1\r\nHost: host.test\r\n\r\n",
  );
  assert.deepEqual([serverRequest.url, serverRequest.rawUrl], ["/p?q", "http://other.test/p?q"]);
  client.destroy();
});

test("the request of the Fetch Standard is made when it is asked for", { skip }, async () => {
  const post = "POST /a HTTP/1.1\r\nHost: host.test\r\nContent-Length: 2\r\n\r\nhi";
  const { serverRequest, client } = await requested(post);
  const { request } = serverRequest;
  assert.equal(request, serverRequest.request);
  assert.deepEqual([request.url, request.method, await request.text()], ["http://host.test/a", "POST", "hi"]);
  client.destroy();
});

test("where the Fetch Standard allows no body, the request of it has none, and the body can still be read", {
  skip,
}, async () => {
  for (const method of ["GET", "HEAD"]) {
    for (const read of [
      (one: NodeServerRequest) => one.readBody(10),
      async (one: NodeServerRequest) => new Uint8Array(await new Response(one.getBody()).arrayBuffer()),
    ]) {
      const { serverRequest, client } = await requested(
        `${method} /a HTTP/1.1\r\nHost: host.test\r\nContent-Length: 2\r\n\r\nhi`,
      );
      assert.deepEqual([serverRequest.request.method, serverRequest.request.body], [method, null]);
      assert.equal(new TextDecoder().decode(await read(serverRequest)), "hi");
      client.destroy();
    }
  }
});

test("a second answer throws", { skip }, async () => {
  const { serverRequest, client } = await requested();
  serverRequest.respondPlain({ status: 200, headers: [] }, "first");
  await client.until("first");
  assert.throws(() => serverRequest.respondPlain({ status: 200, headers: [] }, "second"), TypeError);
  assert.throws(() => serverRequest.openStream({ status: 200, headers: [] }), TypeError);
  assert.throws(() => serverRequest.respond(new Response("third")), TypeError);
  client.destroy();
});

test("an answer that can't be sent was none", { skip }, async () => {
  const { serverRequest, client } = await requested();
  assert.throws(() => serverRequest.respondPlain({ status: 200, headers: [["x", "a\nb"]] }, "x"));
  serverRequest.respondPlain({ status: 500, headers: [] }, "sorry");
  await client.until("sorry");
  assert.match(client.head, /^HTTP\/1\.1 500 /);
  client.destroy();
});

test("a body that somebody reads already is refused while another answer can be given", {
  skip,
}, async () => {
  const { serverRequest, client } = await requested();
  const taken = new Response("taken");
  const reader = taken.body?.getReader();
  assert.throws(() => serverRequest.respond(taken), TypeError);
  serverRequest.respondPlain({ status: 500, headers: [] }, "sorry");
  await client.until("sorry");
  await reader?.cancel();
  client.destroy();
});

test("given up, a request is a 500; once answered, it is left alone", { skip }, async () => {
  const early = await requested();
  early.serverRequest.error();
  await early.client.until("HTTP/1.1 500");
  early.client.destroy();

  const late = await requested();
  const sink = late.serverRequest.openStream({ status: 200, headers: [] });
  sink.open({ drained: () => undefined, closed: () => undefined }, 1024);
  late.serverRequest.error();
  sink.write(new TextEncoder().encode("still here"));
  await late.client.until("still here");
  late.client.destroy();
});

test("a response's stream is cancelled when the client leaves, and its failure cuts the connection", {
  skip,
}, async () => {
  const { serverRequest, client } = await requested();
  let cancelled = false;
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(5)),
    cancel: () => {
      cancelled = true;
    },
  });
  const responded = serverRequest.respond(new Response(body));
  await client.until(/\r\n\r\n5/);
  client.destroy();
  await responded;
  assert.equal(cancelled, true);

  const failing = await requested();
  const fails = new ReadableStream({ pull: (c) => c.error(new Error("source")) });
  await failing.serverRequest.respond(new Response(fails));
  await failing.client.closed;
  assert.doesNotMatch(failing.client.text, /0\r\n\r\n$/, "no clean end");
});

test("the signal is aborted when the client leaves, and not by an answer", { skip }, async () => {
  const answered = await requested();
  const { signal } = answered.serverRequest;
  answered.serverRequest.respondPlain({ status: 200, headers: [["connection", "close"]] }, "x");
  await answered.client.closed;
  assert.equal(signal.aborted, false);

  const left = await requested();
  left.client.destroy();
  await eventually(() => left.serverRequest.signal.aborted);
});
