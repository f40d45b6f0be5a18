import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { request as httpsRequest } from "node:https";
import { test } from "node:test";
import type { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { withTree } from "../support/file-tree.ts";
import { eventually, quietApp, serve } from "../support/serving.ts";

const skip = "Deno" in globalThis || "Bun" in globalThis ? "HTTP/2 by node:http2 is Node's alone" : false;
const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
const pem = async () => ({
  cert: await fixture("localhost-cert.pem"),
  key: await fixture("localhost-key.pem"),
});

interface Reply {
  stream: ClientHttp2Stream;
  headers: Record<string, unknown>;
  text(): string;
}

function get(session: ClientHttp2Session, path: string): Promise<Reply> {
  const stream = session.request({ ":path": path });
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  stream.on("error", () => undefined);
  return new Promise((resolve) => {
    stream.on("response", (headers) => resolve({ stream, headers, text: () => text }));
  });
}

function streaming() {
  const app = quietApp();
  const targets: ServerSentEventStreamTarget[] = [];
  app.use(async (ctx, next) => {
    if (ctx.request.url.pathname !== "/plain") return next();
    ctx.response.headers.set("connection", "close");
    ctx.response.body = `${ctx.request.url} ${ctx.request.secure}`;
  });
  app.use(
    (ctx) => void targets.push(ctx.sendEvents({ headers: { connection: "keep-alive", "x-own": "1" } })),
  );
  return { app, targets };
}

for (const secure of [true, false]) {
  test(`${secure ? "HTTP/2 over TLS" : "h2c"}: a stream, without connection-specific headers`, {
    skip,
  }, async () => {
    const { app, targets } = streaming();
    const options = secure ? { secure, ...(await pem()) } : { http2: true };
    const { port, stop } = await serve(app, options);
    const session = connect(`${secure ? "https" : "http"}://127.0.0.1:${port}`, {
      rejectUnauthorized: false,
    });
    const { headers, text, stream } = await get(session, "/events");
    assert.equal(headers[":status"], 200);
    assert.equal(headers["content-type"], "text/event-stream");
    assert.equal(headers["x-own"], "1");
    for (const name of ["connection", "keep-alive", "transfer-encoding"])
      assert.equal(headers[name], undefined);
    const target = targets[0] as ServerSentEventStreamTarget;
    target.dispatchMessage("over two");
    await eventually(() => text().endsWith("data: over two\n\n"));
    stream.close();
    await eventually(() => target.closed);
    assert.equal(target.signal.reason.code, "disconnect");

    const plain = await get(session, "/plain");
    await eventually(() => plain.text() !== "");
    assert.equal(plain.text(), `${secure ? "https" : "http"}://127.0.0.1:${port}/plain ${secure}`);
    const last = await get(session, "/events");
    await stop();
    await eventually(() => last.stream.closed && session.destroyed);
    assert.equal(targets[1]?.signal.reason.code, "shutdown");
  });
}

test("a stream that nobody reads overflows alone on its connection", { skip }, async () => {
  const { app, targets } = streaming();
  const { port, stop } = await serve(app, { http2: true });
  const session = connect(`http://127.0.0.1:${port}`);
  const deaf = await get(session, "/deaf");
  deaf.stream.pause();
  const [target] = targets as [ServerSentEventStreamTarget];
  for (let sent = 0; !target.closed && sent < 1000; sent++) {
    target.dispatchMessage("x".repeat(32_768));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.equal(target.signal.reason.code, "overflow");
  const other = await get(session, "/other");
  targets[1]?.dispatchMessage("alive");
  await eventually(() => other.text().includes("data: alive\n\n"));
  session.destroy();
  await stop();
});

test("a client of HTTP/1.1 is served on the same TLS port; without HTTP/2 only it is", { skip }, async () => {
  for (const http2 of [true, false]) {
    const { app, targets } = streaming();
    const { port, stop } = await serve(app, { secure: true, http2, ...(await pem()) });
    const text = await new Promise<string>((resolve, reject) => {
      const url = `https://127.0.0.1:${port}/events`;
      const request = httpsRequest(url, { rejectUnauthorized: false }, (response) => {
        assert.equal(response.headers.connection, "keep-alive", "the application's own, on HTTP/1");
        response.setEncoding("utf8").on("data", (chunk: string) => {
          if (chunk.includes("tls")) resolve(chunk);
          else targets[0]?.dispatchMessage("over tls");
        });
      });
      request.on("error", reject).end();
    });
    assert.match(text, /data: over tls\n\n/);
    await stop();
  }
});

for (const secure of [true, false]) {
  test(
    `${secure ? "HTTP/2 over TLS" : "h2c"}: files that are sent at once stay what they are, whoever leaves`,
    {
      skip,
    },
    () =>
      withTree({ "large.bin": Uint8Array.from({ length: 3_000_000 }, (_, at) => at % 251) }, async (root) => {
        const app = quietApp();
        app.use((ctx) => ctx.send({ root }));
        const { port, stop } = await serve(app, secure ? { secure, ...(await pem()) } : { http2: true });
        const session = connect(`${secure ? "https" : "http"}://127.0.0.1:${port}`, {
          rejectUnauthorized: false,
        });
        const asking = Array.from({ length: 12 }, async (_, at) => {
          const stream = session.request({ ":path": "/large.bin", range: `bytes=${at * 1000}-` });
          let [length, isRight] = [0, true];
          for await (const chunk of stream as AsyncIterable<Uint8Array>) {
            for (const byte of chunk) isRight &&= byte === (at * 1000 + length++) % 251;
            if (at % 3 === 0) return stream.close();
          }
          assert.deepEqual([length, isRight], [3_000_000 - at * 1000, true]);
        });
        await Promise.all(asking);
        session.close();
        await stop();
      }),
  );
}
