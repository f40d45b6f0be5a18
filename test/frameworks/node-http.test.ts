import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, ServerResponse } from "node:http";
import { type ClientHttp2Stream, connect, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { sendEvents } from "dodona/node";
import type { ServerSentEventStreamTarget, ServerSentEventTargetOptions } from "dodona/sse";
import { eventually } from "../support/serving.ts";
import {
  bodyOf,
  flood,
  LIMIT,
  OPENING,
  type Open,
  reasonOf,
  type Serve,
  stage,
  testSendEvents,
} from "./send-events-contract.ts";

const answer =
  (open: Open): Open =>
  (request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "https://page.test");
    response.setHeader("Set-Cookie", ["first=1", "second=2"]);
    if (request.url === "/plain") response.end("plain");
    else open(request, response);
  };

const serveNode: Serve = (open) => createServer(answer(open)).listen(0, "127.0.0.1");

testSendEvents("node:http", serveNode);

test(
  "node:http: a stream that waits behind another on its connection comes in its turn",
  LIMIT,
  async (t) => {
    const { get, targets, assertSilent } = await stage(t, serveNode);
    const client = await get("/events");
    client.send("GET /events HTTP/1.1\r\nHost: test\r\n\r\n");
    await eventually(() => targets.length === 2);
    targets[1]?.dispatchMessage("second");
    targets[0]?.dispatchMessage("first");
    await client.until("data: first\n\n");
    assert.doesNotMatch(client.text, /data: second/);
    await targets[0]?.close();
    await client.until("data: second\n\n");
    targets[1]?.dispatchMessage("third");
    await client.until("data: third\n\n");
    client.destroy();
    await eventually(() => targets[1]?.closed === true);
    assert.equal(reasonOf(targets[1]), "disconnect");
    assertSilent();
  },
);

test(
  "node:http: a class of responses with a write and an end of its own gets every byte",
  LIMIT,
  async (t) => {
    let text = "";
    let ends = 0;
    class CountedResponse<Asked extends IncomingMessage> extends ServerResponse<Asked> {
      override write(chunk: unknown, ...rest: unknown[]): boolean {
        if (chunk instanceof Uint8Array) text += new TextDecoder().decode(chunk);
        return Reflect.apply(super.write, this, [chunk, ...rest]);
      }

      override end(...args: unknown[]): this {
        ends++;
        return Reflect.apply(super.end, this, args);
      }
    }
    const serve: Serve = (open) =>
      createServer({ ServerResponse: CountedResponse }, answer(open)).listen(0, "127.0.0.1");
    const { get, targets } = await stage(t, serve);
    const client = await get("/events");
    await client.until(OPENING);
    targets[0]?.dispatchMessage("counted");
    await client.until("data: counted\n\n");
    await targets[0]?.close();
    await client.until("0\r\n\r\n");
    assert.equal(bodyOf(client), `${OPENING}data: counted\n\n`);
    assert.deepEqual([text, ends], [bodyOf(client), 1]);
  },
);

/** A session of HTTP/2 without TLS, to a server that opens an event stream on each request. */
async function stageHttp2(t: TestContext, options: ServerSentEventTargetOptions = {}) {
  const said: unknown[] = [];
  t.mock.method(process.stderr, "write", (chunk: unknown) => said.push(String(chunk)) > 0);
  const targets: ServerSentEventStreamTarget[] = [];
  const server = createHttp2Server((request, response) => {
    response.setHeader("Access-Control-Allow-Origin", "https://page.test");
    response.setHeader("Set-Cookie", ["first=1", "second=2"]);
    if (request.url === "/plain") response.end("plain");
    else targets.push(sendEvents(request, response, options));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => {
    session.destroy();
    server.close();
  });
  const ask = async (path: string, method = "GET") => {
    const stream = session.request({ ":path": path, ":method": method });
    let text = "";
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    const [headers] = await once(stream, "response");
    return { stream: stream as ClientHttp2Stream, headers, text: () => text };
  };
  return { ask, session, targets, assertSilent: () => assert.deepEqual(said, []) };
}

test("node:http2: the head keeps what was set before, and nothing of the connection", LIMIT, async (t) => {
  const own = { connection: "keep-alive", "keep-alive": "timeout=5", "transfer-encoding": "chunked" };
  const { ask, targets, assertSilent } = await stageHttp2(t, { headers: { ...own, "x-own": "1" } });
  const { headers, text } = await ask("/events");
  assert.equal(headers[":status"], 200);
  assert.equal(headers["content-type"], "text/event-stream");
  assert.equal(headers["cache-control"], "no-cache, no-transform");
  assert.equal(headers["x-accel-buffering"], "no");
  assert.equal(headers["x-own"], "1");
  assert.equal(headers["access-control-allow-origin"], "https://page.test");
  assert.deepEqual(headers["set-cookie"], ["first=1", "second=2"]);
  for (const name of Object.keys(own)) assert.equal(headers[name], undefined);
  for (let count = 0; count < 5; count++) {
    targets[0]?.dispatchMessage(count);
    await eventually(() => text().endsWith(`data: ${count}\n\n`));
  }
  await targets[0]?.close();
  await eventually(() => text() === `${OPENING}${[0, 1, 2, 3, 4].map((n) => `data: ${n}\n\n`).join("")}`);
  assertSilent();
});

test("node:http2: leaving is noticed on a silent stream, and the session serves on", LIMIT, async (t) => {
  const { ask, session, targets, assertSilent } = await stageHttp2(t, { keepAlive: false });
  const one = await ask("/events");
  const other = await ask("/events");
  one.stream.close();
  await eventually(() => targets[0]?.closed === true);
  assert.equal(reasonOf(targets[0]), "disconnect");
  targets[1]?.dispatchMessage("still here");
  await eventually(() => other.text().includes("data: still here\n\n"));
  const plain = await ask("/plain");
  await eventually(() => plain.text() === "plain");
  session.destroy();
  await eventually(() => targets[1]?.closed === true);
  assert.equal(reasonOf(targets[1]), "disconnect");
  assertSilent();
});

test("node:http2: HEAD is answered by the head alone", LIMIT, async (t) => {
  const { ask, targets, assertSilent } = await stageHttp2(t);
  const { headers, text, stream } = await ask("/events", "HEAD");
  assert.equal(headers["content-type"], "text/event-stream");
  await eventually(() => stream.closed);
  assert.equal(text(), "");
  assert.equal(reasonOf(targets[0]), "close");
  assertSilent();
});

test("node:http2: a reader who does not read overflows, and nobody else", LIMIT, async (t) => {
  const { ask, targets, assertSilent } = await stageHttp2(t, { maxBufferedBytes: 131_072 });
  const deaf = await ask("/events");
  deaf.stream.pause();
  deaf.stream.on("error", () => undefined);
  const listener = await ask("/events");
  await flood(targets[0] as ServerSentEventStreamTarget);
  assert.equal(reasonOf(targets[0]), "overflow");
  targets[1]?.dispatchMessage("well");
  await eventually(() => listener.text().endsWith("data: well\n\n"));
  assertSilent();
});
