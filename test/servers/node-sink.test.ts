import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { directSocket, NodeSink } from "../../src/servers/node-sink.ts";
import { byteSinkContract } from "../../src/testing/byte-sink-contract.ts";
import { RawClient } from "../support/raw-client.ts";

const skip = "Deno" in globalThis || "Bun" in globalThis ? "it writes to Node's own sockets" : false;

/** A response of `node:http`, with its head sent, and the client at its other end. */
async function answering(version: string): Promise<{ response: ServerResponse; client: RawClient }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const asked = new Promise<ServerResponse>((resolve) =>
    server.on("request", (_, response) => resolve(response)),
  );
  const client = await RawClient.get(
    (server.address() as AddressInfo).port,
    "/",
    ["Connection: close"],
    version,
  );
  const response = await asked;
  server.close();
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
  await client.until("\r\n\r\n");
  return { response, client };
}

/** The body that a client of HTTP/1.1 makes of the chunks that it got. */
function dechunk(body: string): string {
  let text = "";
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.slice(at, end), 16);
    if (end === -1 || !(size > 0)) break;
    text += body.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
  return text;
}

for (const [name, version, direct] of [
  ["chunks straight to the socket", "1.1", true],
  ["plain bytes straight to the socket", "1.0", true],
  ["through the response", "1.1", false],
] as const) {
  if (skip === false) {
    const checks = byteSinkContract(async () => {
      const { response, client } = await answering(version);
      const socket = direct ? directSocket(response) : null;
      const sink = new NodeSink(socket ?? response, response, socket !== null && response.chunkedEncoding);
      const body = () => client.text.slice(client.head.length + 4);
      return {
        sink,
        reader: {
          text: () => (version === "1.1" ? dechunk(body()) : body()),
          pause: () => client.pause(),
          resume: () => client.resume(),
          leave: () => client.destroy(),
          ended: () => client.socket.readableEnded || client.socket.destroyed,
        },
      };
    });
    for (const { name: check, run } of checks) test(`NodeSink, ${name}: ${check}`, run);
  } else {
    test(`NodeSink, ${name}`, { skip }, () => undefined);
  }
}

test("a response whose methods were replaced is written through them", { skip }, async () => {
  const { response, client } = await answering("1.1");
  assert.notEqual(directSocket(response), null);
  const write = response.write.bind(response);
  response.write = ((...args: Parameters<typeof write>) => write(...args)) as typeof response.write;
  assert.equal(directSocket(response), null);
  client.destroy();
});

test("each chunk carries its own length", { skip }, async () => {
  const { response, client } = await answering("1.1");
  const sink = new NodeSink(directSocket(response) ?? response, response, true);
  sink.open({ drained: () => undefined, closed: () => undefined }, 1024);
  const shared = new TextEncoder().encode("shared");
  for (const bytes of [shared, new TextEncoder().encode("x".repeat(300)), shared, shared]) sink.write(bytes);
  sink.close();
  await client.closed;
  const body = client.text.slice(client.head.length + 4);
  assert.equal(body, `6\r\nshared\r\n12c\r\n${"x".repeat(300)}\r\n6\r\nshared\r\n6\r\nshared\r\n0\r\n\r\n`);
});
