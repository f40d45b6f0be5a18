import assert from "node:assert/strict";
import { test } from "node:test";
import { sendEvents } from "../../src/servers/node-events.ts";
import { exchange, skipUnlessNode as skip } from "../support/node-answering.ts";

const GET = "GET /?lastEventId=5 HTTP/1.1\r\nHost: host.test\r\n\r\n";

test("a target opens on any Node response, with the headers that were set before", { skip }, async () => {
  const { request, response, client } = await exchange(GET);
  response.setHeader("x-before", "kept");
  const target = sendEvents(request, response, { headers: { "x-own": "1" } });
  target.dispatchMessage("hello");
  await client.until("data: hello\n\n");
  assert.match(client.head, /^x-before: kept\r?$/im);
  assert.match(client.head, /^x-own: 1\r?$/im);
  assert.equal(target.lastEventId, "5");
  client.destroy();
  await new Promise((resolve) => target.addEventListener("close", resolve));
});

test("a head that was sent is refused, and so are options out of bounds, before anything is sent", {
  skip,
}, async () => {
  const { request, response, client } = await exchange(GET);
  assert.throws(() => sendEvents(request, response, { retry: -1 }), RangeError);
  assert.equal(response.headersSent, false);
  response.writeHead(200);
  response.flushHeaders();
  assert.throws(() => sendEvents(request, response), /head of the response was sent already/);
  client.destroy();
});
