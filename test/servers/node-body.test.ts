import assert from "node:assert/strict";
import { test } from "node:test";
import { readNodeBody } from "../../src/servers/node-body.ts";
import { exchange, skipUnlessNode as skip } from "../support/node-answering.ts";
import { eventually } from "../support/serving.ts";

const HEAD = "POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n";

test("the body is read to its end, byte for byte", { skip }, async () => {
  const { request, response, client } = await exchange(`${HEAD}Content-Length: 5\r\n\r\nhe\0lo`);
  assert.equal(await new Response(readNodeBody(request)).text(), "he\0lo");
  response.end();
  await client.closed;
});

test("a body that nobody reads is not taken in", { skip }, async () => {
  const { request, client } = await exchange(`${HEAD}Content-Length: 50000000\r\n\r\n`);
  const reader = readNodeBody(request).getReader();
  const block = "x".repeat(1_000_000);
  for (let sent = 0; sent < 50; sent++) client.send(block);
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(client.socket.writableLength > 20_000_000, "most of it waits at the client");
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read())
    length += part.value.byteLength;
  assert.ok(length > 49_000_000);
  client.destroy();
});

test("a client that leaves before the end is an error", { skip }, async () => {
  const { request, client } = await exchange(`${HEAD}Content-Length: 100\r\n\r\npart`);
  const reader = readNodeBody(request).getReader();
  assert.equal((await reader.read()).value?.byteLength, 4);
  client.destroy();
  await assert.rejects(reader.read());
  await assert.rejects(readNodeBody(request).getReader().read(), /before the body was read/);
});

test("a cancelled body is thrown away, and nothing is left on the request", { skip }, async () => {
  const { request, response, client } = await exchange(`${HEAD}Content-Length: 8\r\n\r\nhalf`);
  const before = request.listenerCount("data");
  const body = readNodeBody(request);
  await body.cancel();
  assert.equal(request.listenerCount("data"), before);
  client.send("rest");
  await eventually(() => request.complete);
  response.end("ok");
  await client.until("ok");
});

test("a body that was read already is told so, and one that was empty is empty again", { skip }, async () => {
  const { request, client } = await exchange(`${HEAD}Content-Length: 2\r\n\r\nhi`);
  await new Response(readNodeBody(request)).text();
  await assert.rejects(readNodeBody(request).getReader().read(), {
    name: "TypeError",
    message: /already used/,
  });
  client.destroy();
  const empty = await exchange(`${HEAD}Content-Length: 0\r\n\r\n`);
  await new Response(readNodeBody(empty.request)).text();
  assert.equal(await new Response(readNodeBody(empty.request)).text(), "");
  empty.client.destroy();
});
