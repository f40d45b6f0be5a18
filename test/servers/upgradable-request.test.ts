import assert from "node:assert/strict";
import { test } from "node:test";
import { UpgradableRequest } from "../../src/servers/upgradable-request.ts";

const HANDSHAKE = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

/** Connects to nothing; counts how often it should have. */
class Upgrading extends UpgradableRequest {
  connected = 0;

  protected override connect(): WebSocket {
    this.connected++;
    this.respond(new Response(null));
    return {} as WebSocket;
  }

  protected override withoutLength(response: Response): Response {
    return new Response(null, { status: response.status, headers: { "x-length": "unknown" } });
  }
}

/** Bun drops some of these headers from a `Request`, so they are read from elsewhere. */
function upgrading(headers: Record<string, string> = HANDSHAKE): Upgrading {
  const request = new Upgrading(new Request("http://host.test/"));
  request.getHeader = (name) => headers[name] ?? null;
  return request;
}

test("a request is upgraded once, and not after another answer", async () => {
  const request = upgrading();
  request.upgrade();
  assert.throws(() => request.upgrade(), TypeError);
  assert.equal(request.connected, 1);
  for (const answer of [
    (one: Upgrading) => one.respond(new Response("x")),
    (one: Upgrading) => one.respondPlain({ status: 200, headers: [] }, "x"),
    (one: Upgrading) => void one.openStream({ status: 200, headers: [] }),
    (one: Upgrading) => one.error(new Error("given up")),
  ]) {
    const answered = upgrading();
    answer(answered);
    assert.throws(() => answered.upgrade(), TypeError);
    assert.equal(answered.connected, 0);
    await answered.waitForAnswer();
  }
});

test("one that asks for no WebSocket is not answered by the attempt", async () => {
  const request = upgrading({});
  assert.throws(() => request.upgrade(), TypeError);
  request.respond(new Response("answered"));
  assert.equal(await (await request.response).text(), "answered");
});

test("only an answer to HEAD whose length nobody knows is sent without one", async () => {
  for (const [method, response, isWithout] of [
    ["HEAD", new Response(null, { status: 203 }), true],
    ["HEAD", new Response(null, { status: 203, headers: { "content-length": "5" } }), false],
    ["HEAD", new Response("body", { status: 203 }), false],
    ["HEAD", new Response(null, { status: 304 }), false],
    ["GET", new Response(null, { status: 203 }), false],
  ] as const) {
    const request = new Upgrading(new Request("http://host.test/", { method }));
    request.respond(response);
    const answer = await request.response;
    assert.equal(answer === response, !isWithout);
    assert.deepEqual([answer.status, answer.headers.has("x-length")], [response.status, isWithout]);
  }
});
