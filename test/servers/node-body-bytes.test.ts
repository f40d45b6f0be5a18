import assert from "node:assert/strict";
import { test } from "node:test";
import { readNodeBytes } from "../../src/servers/node-body-bytes.ts";
import { eventually } from "../support/eventually.ts";
import { exchange, skipUnlessNode as skip } from "../support/node-answering.ts";

const HEAD = "POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n";

test("the body is read to its end, byte for byte", { skip }, async () => {
  const { request, response, client } = await exchange(`${HEAD}Content-Length: 5\r\n\r\nhe`);
  const bytes = readNodeBytes(request, 5);
  client.send("\0lo");
  assert.equal(new TextDecoder().decode(await bytes), "he\0lo");
  response.end();
  await client.closed;
});

test("an empty body, and one whose end was seen before, have no bytes", { skip }, async () => {
  const { request, client } = await exchange(`${HEAD}Content-Length: 0\r\n\r\n`);
  assert.equal((await readNodeBytes(request, 0)).length, 0);
  assert.equal((await readNodeBytes(request, 0)).length, 0);
  client.destroy();
});

test("above the limit it is refused, the rest thrown away, and the answer arrives", { skip }, async () => {
  const { request, response, client } = await exchange(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
  const bytes = assert.rejects(readNodeBytes(request, 3), { status: 413 });
  client.send("4\r\nfour\r\n");
  await bytes;
  assert.equal(request.listenerCount("data"), 0);
  client.send("4\r\nfour\r\n0\r\n\r\n");
  await eventually(() => request.complete);
  response.end("ok");
  await client.until("ok");
});

test("a client that leaves before the end is an error", { skip }, async () => {
  const { request, client } = await exchange(`${HEAD}Content-Length: 100\r\n\r\npart`);
  const bytes = assert.rejects(readNodeBytes(request, 100), {
    status: 400,
    message: "The client left before the end of the body",
  });
  client.destroy();
  await bytes;
  const unread = await exchange(`${HEAD}Content-Length: 100\r\n\r\n`);
  unread.client.destroy();
  await eventually(() => unread.request.destroyed);
  await assert.rejects(readNodeBytes(unread.request, 100), { status: 400 });
});

test("a body that was read already is told so", { skip }, async () => {
  const { request, client } = await exchange(`${HEAD}Content-Length: 2\r\n\r\nhi`);
  await readNodeBytes(request, 2);
  await assert.rejects(readNodeBytes(request, 2), { name: "TypeError", message: /already used/ });
  client.destroy();
});
