import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { connect } from "node:tls";
import { eventually, quietApp, serve } from "../support/serving.ts";

const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url), "utf8");

test("over TLS the request is secure, and events arrive", async () => {
  const app = quietApp();
  const seen: unknown[] = [];
  app.use((ctx) => {
    seen.push(ctx.request.secure, ctx.request.url.protocol);
    ctx.sendEvents().dispatchMessage("over tls");
  });
  const cert = await fixture("localhost-cert.pem");
  const key = await fixture("localhost-key.pem");
  const { port, stop } = await serve(app, { secure: true, cert, key });
  const socket = connect({
    port,
    host: "127.0.0.1",
    ca: cert,
    servername: "localhost",
    ALPNProtocols: ["http/1.1"],
  });
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await eventually(() => text.includes("data: over tls\n\n"));
  assert.deepEqual(seen, [true, "https:"]);
  socket.destroy();
  await stop();
});
