import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ServerRequest } from "../../src/app/server-request.ts";
import { ListenError } from "../../src/servers/listen-error.ts";
import { eventually } from "../support/eventually.ts";
import { RawClient } from "../support/raw-client.ts";
import { answer, listenWith, runtime, runtimeServer } from "../support/runtime-server.ts";

const hello = (request: ServerRequest) => answer(request, `hello ${request.url} ${request.rawUrl}`);

/** Asks over the socket at `path`; rejects when nobody listens there. */
function askAt(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(path, () =>
      socket.write("GET /a?b HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n\r\n"),
    );
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", reject).on("close", () => resolve(text));
  });
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "dodona-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("it listens once", async () => {
  const { server } = await listenWith(hello);
  assert.throws(() => server.listen(async () => undefined), /^Error: Server already listening\.$/);
  await server.close();
});

test("who failed to listen may try again", async () => {
  const Server = await runtimeServer();
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
  });
  const server = new Server(undefined, { hostname: "127.0.0.1", port });
  const refused = (error: ListenError) => error instanceof ListenError && error.code === "EADDRINUSE";
  await assert.rejects(
    server.listen(async (request) => hello(request)),
    refused,
  );
  await new Promise((resolve) => other.close(resolve));
  await server.listen(async (request) => hello(request));
  assert.match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /^hello/);
  await server.close();
});

test("without a handler its requests are iterated, until it closes", async () => {
  const Server = await runtimeServer();
  const server = new Server(undefined, { hostname: "127.0.0.1", port: 0 });
  assert.throws(() => server[Symbol.asyncIterator](), /^TypeError: Server hasn't started listening\.$/);
  const { addr } = await server.listen();
  assert.equal(addr.hostname, "127.0.0.1");
  const seen: string[] = [];
  const iterated = (async () => {
    for await (const request of server) {
      seen.push(request.url);
      answer(request, "iterated");
    }
  })();
  for (const path of ["/1", "/2"]) {
    assert.equal(await (await fetch(`http://127.0.0.1:${addr.port}${path}`)).text(), "iterated");
  }
  await server.close();
  await iterated;
  assert.deepEqual(seen, ["/1", "/2"]);
});

test("a duration out of bounds throws where the server is made", async () => {
  const Server = await runtimeServer();
  assert.throws(() => new Server(undefined, { requestTimeoutMs: -1 }), RangeError);
  if (runtime === "bun") assert.throws(() => new Server(undefined, { idleTimeoutMs: 256_000 }), RangeError);
});

test("on a Unix domain socket it is reached by its path, and the file goes with it", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "server.sock");
    const { server, listener } = await listenWith(hello, { path });
    assert.deepEqual(listener.addr, { hostname: path, port: 0 });
    assert.match(await askAt(path), /\r\n\r\nhello \/a\?b (?:http:\/\/h\.test\/a\?b|undefined)/);
    await server.close();
    assert.equal(existsSync(path), false);
  });
});

test("a Unix domain socket in use, or left by a server that died, is refused", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "server.sock");
    const refused = (error: ListenError) => {
      assert.equal(error.code, "EADDRINUSE");
      return error.message.startsWith(`Cannot listen on ${path}: `);
    };
    const { server } = await listenWith(hello, { path });
    await assert.rejects(listenWith(hello, { path }), refused);
    assert.match(await askAt(path), /hello/, "the first one goes on");
    await server.close();
    const dying = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 9))`;
    spawnSync("node", ["-e", dying]);
    assert.equal(existsSync(path), true);
    await assert.rejects(listenWith(hello, { path }), refused);
  });
});

test("several may share a port, where the runtime can", async () => {
  if (!(await canSharePort())) {
    return assert.rejects(
      listenWith(hello, { reusePort: true }),
      /^TypeError: Cannot listen with reusePort: /,
    );
  }
  const first = await listenWith(hello, { reusePort: true });
  const second = await listenWith(hello, { reusePort: true, port: first.port });
  assert.equal(second.port, first.port);
  await Promise.all([first.server.close(), second.server.close()]);
  await assert.rejects(RawClient.open(first.port));
});

async function canSharePort(): Promise<boolean> {
  if (runtime === "deno")
    return (globalThis as { Deno?: { listenDatagram?: unknown } }).Deno?.listenDatagram !== undefined;
  if (runtime === "bun") return true;
  return (await import("../../src/servers/node-server.ts")).canReusePort(process.versions.node);
}

test("abort cuts off what closing waits for", async () => {
  let asked = 0;
  const { server, port } = await listenWith(() => {
    asked++;
  });
  const clients = await Promise.all([RawClient.get(port, "/1"), RawClient.get(port, "/2")]);
  await eventually(() => asked === 2);
  const closed = server.close();
  server.abort();
  await Promise.all(clients.map((client) => client.closed));
  await closed;
});

test("a connection that says nothing does not hold the end, nor one that has been answered", async () => {
  const { server, port } = await listenWith(hello);
  const silent = await RawClient.open(port);
  const kept = await RawClient.get(port, "/");
  await kept.until("hello");
  await server.close();
  await kept.closed;
  // Bun leaves it to its client.
  if (runtime !== "bun") await silent.closed;
  silent.destroy();
});
