import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { connect as connectHttp2 } from "node:http2";
import { test } from "node:test";
import { connect } from "node:tls";
import type { ServerRequest } from "../../src/app/server-request.ts";
import { eventually } from "../support/eventually.ts";
import { skipUnlessNode as skip } from "../support/node-answering.ts";
import { RawClient } from "../support/raw-client.ts";
import { answer, listenWith } from "../support/runtime-server.ts";

const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
const pem = async (name = "localhost") => ({
  cert: await fixture(`${name}-cert.pem`),
  key: await fixture(`${name}-key.pem`),
});
const hello = (request: ServerRequest) => answer(request, "hello");

test("a head that is too slow is a 408, and so is a whole request", { skip }, async () => {
  for (const options of [
    { headersTimeoutMs: 50 },
    { requestTimeoutMs: 50 },
    { requestTimeoutMs: 50, headersTimeoutMs: 0 },
  ]) {
    const { server, port } = await listenWith(async (request) => {
      await new Response(request.getBody()).text();
      hello(request);
    }, options);
    const head = await RawClient.open(port);
    head.send("GET / HTTP/1.1\r\nHost: t");
    await head.closed;
    assert.match(head.text, /^HTTP\/1\.1 408 /);
    if ("requestTimeoutMs" in options) {
      const body = await RawClient.open(port);
      body.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhalf");
      await body.closed;
      assert.match(body.text, /^HTTP\/1\.1 408 /);
    }
    await server.close();
  }
});

test("over TLS, with HTTP/2 or without, the same holds", { skip }, async () => {
  for (const http2 of [true, false]) {
    const options = { secure: true, http2, headersTimeoutMs: 50, ...(await pem()) };
    const { server, port } = await listenWith(hello, options);
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.write("GET / HTTP/1.1\r\nHost: t");
    await new Promise((resolve) => socket.on("close", resolve));
    assert.match(text, /^HTTP\/1\.1 408 /, `http2 ${http2}`);
    await server.close();
  }
});

test("a connection is kept as long as it is said, and says so", { skip }, async () => {
  const { server, port } = await listenWith(hello, { keepAliveTimeoutMs: 1000 });
  const client = await RawClient.get(port, "/");
  await client.until("hello");
  assert.match(client.head, /^keep-alive: timeout=1\r?$/im);
  client.destroy();
  await server.close();
});

test("silence under way ends a connection, and not one with a stream", { skip }, async () => {
  let streaming = false;
  const { server, port } = await listenWith(
    (request) => {
      if (request.url !== "/stream") return;
      const sink = request.openStream?.({ status: 200, headers: [] });
      sink?.open({ drained: () => undefined, closed: () => undefined }, 1024);
      sink?.write(new TextEncoder().encode("first"));
      streaming = true;
      setTimeout(() => sink?.write(new TextEncoder().encode("second")), 150);
    },
    { idleTimeoutMs: 50 },
  );
  const client = await RawClient.get(port, "/");
  await client.closed;
  assert.equal(client.text, "");
  const stream = await RawClient.get(port, "/stream");
  await stream.until("second");
  assert.equal(streaming, true);
  stream.destroy();
  await server.close();
});

test("a connection of HTTP/1 over TLS, or of HTTP/2, does not hold the end, and abort cuts both", {
  skip,
}, async () => {
  const seen: string[] = [];
  const { server, port } = await listenWith(
    (request) => {
      seen.push(request.url);
      if (request.url !== "/hang") hello(request);
    },
    { secure: true, ...(await pem()) },
  );
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  let text = "";
  socket
    .on("error", () => undefined)
    .on("data", (chunk) => {
      text += chunk;
    });
  socket.write("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
  await eventually(() => text.includes("hello"));
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  session.on("error", () => undefined);
  const stream = session.request({ ":path": "/hang" });
  stream.on("error", () => undefined);
  await eventually(() => seen.includes("/hang"));
  const closed = server.close();
  await new Promise((resolve) => socket.on("close", resolve));
  assert.equal(session.destroyed, false);
  server.abort();
  await closed;
  await eventually(() => session.destroyed);
});

test("new connections get the new certificate, old ones go on, and bad keys change nothing", {
  skip,
}, async () => {
  for (const http2 of [true, false]) {
    const keys = await pem();
    const { server, port, listener } = await listenWith(hello, { secure: true, http2, ...keys });
    const fingerprint = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        });
        socket.on("error", reject);
      });
    const old = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    await new Promise((resolve) => old.once("secureConnect", resolve));
    const before = await fingerprint();
    assert.throws(() => listener.replaceTlsKeys?.({ cert: "no", key: "pem" }), TypeError);
    assert.equal(await fingerprint(), before);
    listener.replaceTlsKeys?.(await pem("second"));
    assert.notEqual(await fingerprint(), before);
    let text = "";
    old.on("data", (chunk) => {
      text += chunk;
    });
    old.write("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    await eventually(() => text.includes("hello"));
    await server.close();
  }
});

test("without TLS there are no keys to replace", { skip }, async () => {
  const { server, listener } = await listenWith(hello);
  assert.equal(listener.replaceTlsKeys, undefined);
  await server.close();
});
