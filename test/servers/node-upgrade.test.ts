import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { connect } from "node:tls";
import type { ServerRequest } from "../../src/app/server-request.ts";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw-client.ts";
import { answer, listenWith, runtime } from "../support/runtime-server.ts";

const WEB_SOCKET = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version: 13",
];
const H2C = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"];

const refusing = runtime === "deno" ? "Deno refuses them with 400 before anybody is asked" : false;

async function echo(request: ServerRequest): Promise<void> {
  answer(request, `${request.method} ${request.url} [${await new Response(request.getBody()).text()}]`);
}

test("another protocol is passed over: the request is answered, its body included, and the connection lives", {
  skip: refusing,
}, async () => {
  const warnings: unknown[] = [];
  const onWarning = (warning: unknown) => warnings.push(warning);
  process.on("warning", onWarning);
  const { server, port } = await listenWith(echo);
  const client = await RawClient.open(port);
  for (let round = 0; round < 20; round++) {
    const head = [`POST /${round} HTTP/1.1`, "Host: test", ...H2C, "Content-Length: 6"];
    client.send(`${head.join("\r\n")}\r\n\r\nhal`);
    client.send("lo!");
    await client.until(`POST /${round} [hallo!]`);
  }
  const chunked = ["POST /chunked HTTP/1.1", "Host: test", ...H2C, "Transfer-Encoding: chunked"];
  client.send(`${chunked.join("\r\n")}\r\n\r\n3\r\nabc\r\n`);
  client.send("0\r\n\r\nGET /last HTTP/1.1\r\nHost: test\r\n\r\n");
  await client.until("POST /chunked [abc]");
  await client.until("GET /last []");
  client.destroy();
  await server.close();
  process.off("warning", onWarning);
  assert.deepEqual(warnings, []);
});

test("a WebSocket's request with another method, or a body, is an ordinary one", {
  skip: refusing,
}, async () => {
  const { server, port } = await listenWith(echo);
  const client = await RawClient.open(port);
  client.send(`POST /a HTTP/1.1\r\nHost: test\r\n${WEB_SOCKET.join("\r\n")}\r\nContent-Length: 2\r\n\r\nhi`);
  await client.until("POST /a [hi]");
  client.destroy();
  await server.close();
});

test("over TLS it is the same, and a WebSocket opens", {
  skip: runtime === "node" ? false : "it is about the three modules of Node",
}, async () => {
  const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
  const keys = { cert: await fixture("localhost-cert.pem"), key: await fixture("localhost-key.pem") };
  const { WebSocket: Client } = await import("ws");
  for (const http2 of [true, false]) {
    const { server, port } = await listenWith(
      (request) => {
        if (request.url !== "/socket") return echo(request);
        const socket = request.upgrade?.();
        socket?.addEventListener("open", () => socket.send("hello"));
      },
      { secure: true, http2, ...keys },
    );
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.write(`POST /h2c HTTP/1.1\r\nHost: test\r\n${H2C.join("\r\n")}\r\nContent-Length: 2\r\n\r\nhi`);
    await eventually(() => text.includes("POST /h2c [hi]"));
    socket.destroy();
    const client = new Client(`wss://127.0.0.1:${port}/socket`, { rejectUnauthorized: false });
    const message = await new Promise((resolve) => client.on("message", (data) => resolve(String(data))));
    assert.equal(message, "hello");
    client.terminate();
    await server.close();
  }
});
