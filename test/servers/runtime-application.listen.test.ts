import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { ListenError } from "../../src/servers/listen-error.ts";
import { RawClient } from "../support/raw-client.ts";
import { quietApp, serve } from "../support/serving.ts";

function answering() {
  const app = quietApp();
  app.use((ctx) => {
    ctx.response.body = `${ctx.request.ip} ${ctx.request.secure} ${ctx.request.url}`;
  });
  return app;
}

test("port 0 is reported as the port that it became", async () => {
  const app = answering();
  const told: unknown[] = [];
  app.addEventListener("listen", ({ hostname, port, secure, serverType }) => {
    told.push(hostname, port > 0, secure, ["native", "node", "bun"].includes(serverType));
  });
  const { port, stop } = await serve(app);
  assert.deepEqual(told, ["127.0.0.1", true, false, true]);
  const response = await fetch(`http://127.0.0.1:${port}/a?b=c`);
  assert.equal(await response.text(), `127.0.0.1 false http://127.0.0.1:${port}/a?b=c`);
  await stop();
});

test("a port in use rejects, and the process lives", async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
  });
  const listening = answering().listen({ hostname: "127.0.0.1", port });
  await assert.rejects(listening, (error: ListenError) => {
    assert.ok(error instanceof ListenError);
    assert.equal(error.code, "EADDRINUSE");
    assert.match(error.message, new RegExp(`^Cannot listen on 127\\.0\\.0\\.1:${port}: `));
    return true;
  });
  await new Promise((resolve) => other.close(resolve));
});

test("bad TLS keys reject, and so do none", async () => {
  const app = answering();
  for (const keys of [{ cert: "no", key: "pem" }, { cert: "no" }, {}]) {
    await assert.rejects(app.listen({ hostname: "127.0.0.1", port: 0, secure: true, ...keys }), ListenError);
  }
});

test("an address that is not this machine's rejects", async () => {
  await assert.rejects(answering().listen({ hostname: "203.0.113.1", port: 0 }), ListenError);
});

test("an address may be written as text", async () => {
  const app = answering();
  await assert.rejects(app.listen("not an address"), /^TypeError: Invalid address passed: "not an address"$/);
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
  });
  await assert.rejects(app.listen(`127.0.0.1:${port}`), /Cannot listen on 127\.0\.0\.1/);
  await new Promise((resolve) => other.close(resolve));
});

test("an application can listen again", async () => {
  const app = answering();
  for (let round = 0; round < 2; round++) {
    const { port, stop } = await serve(app);
    const client = await RawClient.get(port, "/", ["Connection: close"]);
    await client.until("127.0.0.1 false");
    await stop();
  }
});
