import assert from "node:assert/strict";
import { Router } from "../../src/app/router.ts";
import { staticFiles } from "../../src/middleware/static-files.ts";
import type { RuntimeApplication } from "../../src/servers/runtime-application.ts";
import { RawClient } from "./raw-client.ts";
import { quietApp } from "./serving.ts";
import { WebSocketClient } from "./web-socket-client.ts";

/** What is served below `/files`. */
export const MIXED_TREE: Readonly<Record<string, string | Uint8Array>> = {
  "large.bin": new Uint8Array(1_500_000).fill(97),
  "small.txt": "hello deno",
};

/** How much is under way, of what outlives its handler or keeps it waiting. */
export interface MixedState {
  streams: number;
  sockets: number;
  waiting: number;
}

/** An application with something of everything, whose files are those below `root`. */
export function mixedApp(root: string): { app: RuntimeApplication; state: MixedState } {
  const app = quietApp();
  const state: MixedState = { streams: 0, sockets: 0, waiting: 0 };
  const router = new Router();
  router.get("/plain", (ctx) => {
    ctx.response.body = "plain";
  });
  router.get("/boom", () => {
    throw new Error("boom");
  });
  router.get("/people/:name/:page(\\d+)", (ctx) => {
    ctx.response.body = `${ctx.params.name} ${ctx.params.page}`;
  });
  router.post("/json", async (ctx) => {
    ctx.response.body = await ctx.request.body.json();
  });
  router.post("/upload", async (ctx) => {
    const form = await ctx.request.body.formData();
    ctx.response.body = { names: [...form.keys()], size: (form.get("file") as File).size };
  });
  router.get("/events", (ctx) => {
    state.streams++;
    const target = ctx.sendEvents();
    target.addEventListener("close", () => state.streams--);
    target.dispatchMessage("first");
  });
  router.get("/flow", (ctx) => {
    ctx.response.body = (async function* () {
      state.streams++;
      try {
        for (;;) yield "flows\n".repeat(1000);
      } finally {
        state.streams--;
      }
    })();
  });
  router.get("/wait", async (ctx) => {
    state.waiting++;
    await new Promise((resolve) => ctx.request.signal.addEventListener("abort", resolve));
    state.waiting--;
  });
  router.get("/socket", (ctx) => {
    state.sockets++;
    // Deno's timer for silent peers keeps a socket that was cut off until it fires.
    const socket = ctx.upgrade({ idleTimeout: 0 });
    socket.onmessage = ({ data }) => socket.send(data);
    socket.onclose = () => state.sockets--;
  });
  app.use(router.routes(), router.allowedMethods(), staticFiles({ root, prefix: "/files" }));
  return { app, state };
}

/** Sends `text`, and gives all that comes until the server closes. */
async function exchange(port: number, text: string): Promise<string> {
  const client = await RawClient.open(port);
  client.send(text);
  await client.closed;
  return client.text;
}

/** A request whose connection is closed after the answer; `body` is announced as it is. */
function request(method: string, path: string, headers: string[] = [], body = ""): string {
  const length = body === "" ? [] : [`Content-Length: ${body.length}`];
  const lines = [`${method} ${path} HTTP/1.1`, "Host: test", "Connection: close", ...headers, ...length];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** A request, and how its answer begins and ends. */
const answered: [text: string, begin: RegExp, end: RegExp][] = [
  [request("GET", "/plain"), /^HTTP\/1\.1 200 /, /plain$/],
  [request("HEAD", "/plain"), /^HTTP\/1\.1 200 /, /\r\n\r\n$/],
  [request("GET", "/people/ada/7"), /^HTTP\/1\.1 200 /, /ada 7$/],
  [
    request("POST", "/json", ["Content-Type: application/json"], '{"a":[1]}'),
    /^HTTP\/1\.1 200 /,
    /\{"a":\[1\]\}$/,
  ],
  [request("POST", "/json", ["Content-Type: application/json"], "{"), /^HTTP\/1\.1 400 /, /./],
  [request("GET", "/none"), /^HTTP\/1\.1 404 /, /./],
  [request("PUT", "/plain"), /^HTTP\/1\.1 405 /, /./],
  [request("GET", "/boom"), /^HTTP\/1\.1 500 /, /./],
  [request("GET", "/files/small.txt"), /^HTTP\/1\.1 200 /, /hello deno$/],
  [request("GET", "/files/large.bin"), /^HTTP\/1\.1 200 /, /a(?:\r\n0\r\n\r\n)?$/],
  [
    request("GET", "/files/large.bin", ["Range: bytes=9-1400000"]),
    /^HTTP\/1\.1 206 /,
    /a(?:\r\n0\r\n\r\n)?$/,
  ],
  [request("GET", "/files/large.bin", ["If-None-Match: *"]), /^HTTP\/1\.1 304 /, /\r\n\r\n$/],
  [request("GET", "/files/large.bin", ["Range: bytes=9000000-"]), /^HTTP\/1\.1 416 /, /\r\n\r\n$/],
  [upload("complete"), /^HTTP\/1\.1 200 /, /\{"names":\["text","file"\],"size":20000\}$/],
  [
    `GET /plain HTTP/1.1\r\nHost: test\r\n\r\n${request("GET", "/people/bob/1")}`,
    /^HTTP\/1\.1 200 [\s\S]*plainHTTP\/1\.1 200 /,
    /bob 1$/,
  ],
];

/** What no server can make sense of: it is answered with an error, or the connection is closed. */
const malformed = [
  "nonsense\r\n\r\n",
  "GET / HTTP/9.9\r\n\r\n",
  "GET /plain HTTP/1.1\r\nHost: test\r\nContent-Length: x\r\n\r\n",
  "POST /json HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
];

function upload(end: "complete" | "broken off"): string {
  const parts = [
    '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nvalue\r\n',
    `--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n${"x".repeat(20_000)}\r\n`,
    "--b--\r\n",
  ].join("");
  const whole = request("POST", "/upload", ["Content-Type: multipart/form-data; boundary=b"], parts);
  return end === "complete" ? whole : whole.slice(0, -10_000);
}

/** A client that says `text`, waits for `until` if there is anything to wait for, and leaves. */
async function leave(port: number, text: string, until: string | undefined, rudely: boolean): Promise<void> {
  const client = await RawClient.open(port);
  client.send(text);
  if (until !== undefined) await client.until(until);
  if (rudely) client.reset();
  else client.destroy();
  await client.closed;
}

/** What clients leave in the middle of, and when. */
const left: [text: string, until: string | undefined][] = [
  [request("GET", "/events"), "data: first"],
  [request("GET", "/flow"), "flows"],
  [request("GET", "/wait"), undefined],
  [request("GET", "/files/large.bin"), "aaaa"],
  [upload("broken off"), undefined],
  [request("POST", "/json", ["Content-Type: application/json", "Content-Length: 100"]), undefined],
  [request("GET", "/plain"), undefined],
  ["GET /pla", undefined],
];

async function speak(port: number): Promise<void> {
  const client = await WebSocketClient.open(port, "/socket");
  client.socket.send("hello");
  assert.equal(await client.message(), "hello");
  client.socket.close(1000);
  await client.closed;
}

const HANDSHAKE = [
  "GET /socket HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
].join("\r\n");

/** One client of every kind, all at once; rejects where one is not answered as it should be. */
export async function mixedRound(port: number, rudely: boolean): Promise<void> {
  await Promise.all([
    ...answered.map(async ([text, begin, end]) => {
      const answer = await exchange(port, text);
      assert.match(answer, begin);
      assert.match(answer.slice(-100), end);
    }),
    ...malformed.map(async (text) => {
      const client = await RawClient.open(port);
      client.send(text);
      client.socket.end();
      await client.closed;
      assert.doesNotMatch(client.text, /^HTTP\/1\.1 2/);
    }),
    ...left.map(([text, until]) => leave(port, text, until, rudely)),
    leave(port, HANDSHAKE, "\r\n\r\n", rudely),
    speak(port),
  ]);
}

/** How many clients there are in a round. */
export const CLIENTS_PER_ROUND: number = answered.length + malformed.length + left.length + 2;
