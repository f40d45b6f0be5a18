import assert from "node:assert/strict";
import type { Http2ServerRequest } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { readNodeBody } from "../../src/servers/node-body.ts";
import { readNodeBytes } from "../../src/servers/node-body-bytes.ts";
import { skipUnlessNode as skip } from "../support/node-answering.ts";
import { RawClient } from "../support/raw-client.ts";

const [DATA, HEADERS, RST_STREAM, SETTINGS] = [0, 1, 3, 4];
const END_STREAM = 1;
const END_HEADERS = 4;
/** `:method POST`, `:scheme http`, `:path /` by their number in the table, and an authority. */
const FIELDS = "\x83\x86\x84\x41\x04test";
const CANCEL = "\0\0\0\x08";

/** A frame as bytes, one character for each. @see RFC 9113, section 4.1 */
function frame(type: number, flags: number, stream: number, payload = ""): string {
  return `${String.fromCharCode(0, 0, payload.length, type, flags, 0, 0, 0, stream)}${payload}`;
}

/** A client of HTTP/2 that has sent the beginning of a body, and the request as the server has it. */
async function begin(part: string) {
  const { createServer } = await import("node:http2");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const asked = new Promise<Http2ServerRequest>((resolve) => server.once("request", resolve));
  const client = await RawClient.open((server.address() as AddressInfo).port);
  const preface = `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${frame(SETTINGS, 0, 0)}`;
  client.send(`${preface}${frame(HEADERS, END_HEADERS, 1, FIELDS)}${frame(DATA, 0, 1, part)}`);
  const request = await asked;
  const arrived = new Promise((resolve) => request.once("data", resolve));
  const stop = () => {
    client.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return { arrived, client, request, stop };
}

const readers: [name: string, read: (request: Http2ServerRequest) => Promise<string>][] = [
  ["stream", (request) => new Response(readNodeBody(request)).text()],
  ["bytes", async (request) => new TextDecoder().decode(await readNodeBytes(request, 100))],
];
for (const [name, read] of readers) {
  test(`a whole body is read by ${name}`, { skip }, async () => {
    const { client, request, stop } = await begin("who");
    const text = read(request);
    client.send(frame(DATA, END_STREAM, 1, "le"));
    assert.equal(await text, "whole");
    await stop();
  });

  test(`a body that is reset in the middle is an error by ${name}, not a shorter one`, { skip }, async () => {
    const { arrived, client, request, stop } = await begin("part");
    const text = assert.rejects(read(request), /The client left before the end of the body/);
    await arrived;
    client.send(frame(RST_STREAM, 0, 1, CANCEL));
    await text;
    await stop();
  });
}
