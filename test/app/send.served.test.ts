import assert from "node:assert/strict";
import { appendFile, open, readFile, rename, truncate, unlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { platform } from "node:process";
import { test } from "node:test";
import { connect as connectTls } from "node:tls";
import type { SendOptions } from "../../src/app/send.ts";
import { withTree } from "../support/file-tree.ts";
import { CANT_COUNT_FILES, countOpenFiles, noneOpen } from "../support/open-files.ts";
import { RawClient } from "../support/raw-client.ts";
import { quietApp, serve } from "../support/serving.ts";

const SIZE = 3_000_000;
const CONTENT = Uint8Array.from({ length: SIZE }, (_, at) => at % 251);
/** Bun sends each stream in chunks, whatever length its response tells; its reader still learns whether it has all. */
const STREAMS_TELL_LENGTH = !("Bun" in globalThis);
const TREE = { "large.bin": CONTENT, "small.txt": "hello deno", "small.txt.gz": "not really gzip" };

/** Serves the tree at a port while `use` runs. */
function serving(options: Omit<SendOptions, "root">, use: (port: number, root: string) => Promise<unknown>) {
  return withTree(TREE, async (root) => {
    const app = quietApp();
    app.use((ctx) => ctx.send({ root, ...options }));
    const { port, stop } = await serve(app);
    try {
      await use(port, root);
    } finally {
      await stop();
    }
  });
}

/** Asks over a socket of its own, and waits for its end: the head by lower-case name, and the body. */
async function ask(port: number, path: string, asked: string[] = [], method = "GET") {
  const client = await RawClient.open(port);
  client.send(
    `${method} ${path} HTTP/1.1\r\n${["Host: test", "Connection: close", ...asked].join("\r\n")}\r\n\r\n`,
  );
  await client.closed;
  const [status = "", ...lines] = client.head.split("\r\n");
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const headers: Record<string, string> = Object.fromEntries(fields);
  const sent = client.text.slice(client.head.length + 4);
  const body = headers["transfer-encoding"] === "chunked" ? joinChunks(sent) : sent;
  return { status: Number(status.split(" ")[1]), headers, body };
}

/** @see RFC 9112, section 7.1 */
function joinChunks(text: string): string {
  const chunks: string[] = [];
  for (let at = 0; ; ) {
    const end = text.indexOf("\r\n", at);
    const length = Number.parseInt(text.slice(at, end), 16);
    assert.ok(end !== -1 && length >= 0, "the last chunk is missing");
    if (length === 0) return chunks.join("");
    chunks.push(text.slice(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}

function assertLength(headers: Record<string, string>, length: number, tells = STREAMS_TELL_LENGTH): void {
  if (tells) assert.equal(headers["transfer-encoding"], undefined);
  assert.equal(headers["content-length"], tells ? `${length}` : undefined);
}

function isContent(body: string, start = 0): boolean {
  for (let at = 0; at < body.length; at++) if (body.charCodeAt(at) !== (start + at) % 251) return false;
  return true;
}

test("a large file comes whole, with its length", () =>
  serving({}, async (port) => {
    const { status, headers, body } = await ask(port, "/large.bin");
    assert.deepEqual([status, headers["accept-ranges"]], [200, "bytes"]);
    assertLength(headers, SIZE, true);
    assert.ok(body.length === SIZE && isContent(body));
  }));

test("a range of a large file comes as such, with its length", () =>
  serving({}, async (port) => {
    const { status, headers, body } = await ask(port, "/large.bin", ["Range: bytes=1000-1500999"]);
    assert.deepEqual([status, headers["content-range"]], [206, `bytes 1000-1500999/${SIZE}`]);
    assertLength(headers, 1_500_000);
    assert.ok(body.length === 1_500_000 && isContent(body, 1000));
  }));

test("several ranges of a large file come as parts, with their length", () =>
  serving({}, async (port) => {
    const { status, headers, body } = await ask(port, "/large.bin", ["Range: bytes=0-299999, -400000"]);
    assert.equal(status, 206);
    assertLength(headers, body.length);
    const parts = [...body.matchAll(/Content-Range: bytes (\d+)-(\d+)\/3000000\r\n\r\n/g)];
    assert.deepEqual(
      parts.map(([, start, end]) => [start, end]),
      [
        ["0", "299999"],
        ["2600000", "2999999"],
      ],
    );
    for (const { index, 0: head, 1: start, 2: end } of parts) {
      const at = index + head.length;
      assert.ok(isContent(body.slice(at, at + Number(end) - Number(start) + 1), Number(start)));
    }
  }));

test("HEAD tells the length of what GET sends, large or small, and sends nothing", () =>
  serving({}, async (port) => {
    for (const [path, size] of [
      ["/large.bin", SIZE],
      ["/small.txt", 10],
    ] as const) {
      const { status, headers, body } = await ask(port, path, [], "HEAD");
      assert.deepEqual([status, headers["content-length"], body], [200, `${size}`, ""], path);
    }
  }));

test("what the client has already is a 304 without a body, what it can't have a 416", () =>
  serving({}, async (port) => {
    for (const path of ["/large.bin", "/small.txt"]) {
      const { etag, "last-modified": time } = (await ask(port, path, [], "HEAD")).headers;
      for (const condition of [`If-None-Match: ${etag}`, `If-Modified-Since: ${time}`]) {
        const { status, body, headers } = await ask(port, path, [condition]);
        assert.deepEqual([status, body, headers.etag], [304, "", etag], path);
      }
      const { status, body, headers } = await ask(port, path, ["Range: bytes=9000000-"]);
      assert.deepEqual([status, body, headers["content-length"]], [416, "", "0"], path);
      assert.match(headers["content-range"] ?? "", /^bytes \*\/\d+$/);
    }
  }));

test("a compressed twin is sent as it is, whatever the runtime does by itself", () =>
  serving({}, async (port) => {
    const { headers, body } = await ask(port, "/small.txt", ["Accept-Encoding: br;q=0.5, gzip"]);
    assert.deepEqual([headers["content-encoding"], body], ["gzip", "not really gzip"]);
    assert.match(headers.vary ?? "", /accept-encoding/i);
  }));

test("refusals are answered as such", () =>
  serving({}, async (port) => {
    for (const [path, status] of [
      ["/none", 404],
      ["/.hidden", 403],
      ["/sub/.hidden", 403],
      ["/%00", 400],
      ["/%", 400],
      ["/..%5c..%5csecret", 400],
    ] as const) {
      assert.equal((await ask(port, path)).status, status, path);
    }
  }));

test("a file that is cut off while it is sent ends the connection before its length", () =>
  serving({}, async (port, root) => {
    const file = await open(join(root, "large.bin"), "r+");
    // Larger than what may wait in the buffers between server and client.
    await file.truncate(400_000_000);
    const client = await RawClient.get(port, "/large.bin");
    await client.until("\r\n\r\n");
    client.pause();
    await file.truncate(1000);
    await file.close();
    client.resume();
    await client.closed;
    assert.match(client.head, /content-length: 400000000/i);
    assert.ok(client.text.length < 400_000_000);
  }));

test(
  "over TLS, and over a socket of Unix, a large file comes whole too",
  { skip: platform === "win32" },
  () =>
    withTree(TREE, async (root) => {
      const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
      const [cert, key] = [await fixture("localhost-cert.pem"), await fixture("localhost-key.pem")];
      const path = join(root, "socket");
      for (const options of [{ secure: true as const, cert, key }, { path }]) {
        const app = quietApp();
        app.use((ctx) => ctx.send({ root }));
        const { port, stop } = await serve(app, options);
        const socket =
          "path" in options
            ? connect(path)
            : connectTls({ port, host: "127.0.0.1", ca: cert, servername: "localhost" });
        const chunks: Buffer[] = [];
        socket.on("data", (chunk) => chunks.push(chunk));
        socket.write("GET /large.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        await new Promise((resolve) => socket.once("close", resolve));
        const text = Buffer.concat(chunks).toString("latin1");
        const head = text.slice(0, text.indexOf("\r\n\r\n"));
        const sent = text.slice(head.length + 4);
        const body = /transfer-encoding: chunked/i.test(head) ? joinChunks(sent) : sent;
        assert.ok(body.length === SIZE && isContent(body), head);
        await stop();
      }
      await noneOpen(root);
    }),
);

test("a large file without a type is given none", () =>
  withTree({ large: CONTENT }, async (root) => {
    const app = quietApp();
    app.use((ctx) => ctx.send({ root }));
    const { port, stop } = await serve(app);
    const { headers, body } = await ask(port, "/large");
    assert.deepEqual([headers["content-type"], body.length], [undefined, SIZE]);
    await stop();
  }));

test("the head of a large file says what HEAD says, and no more", () =>
  serving({}, async (port) => {
    const [get, head] = [await ask(port, "/large.bin"), await ask(port, "/large.bin", [], "HEAD")];
    assert.ok(Number.isFinite(Date.parse(get.headers.date ?? "")));
    // Bun tells no date of an answer to HEAD.
    assert.deepEqual({ ...get.headers, date: "" }, { ...head.headers, date: "" });
    assert.equal(get.headers["content-disposition"], undefined);
  }));

test("what a file has become since it was found is not sent in its name", () =>
  withTree({ "a.bin": CONTENT, "b.bin": new Uint8Array(SIZE) }, async (root) => {
    const changes: Record<string, () => Promise<void>> = {
      "another has its name": () => rename(join(root, "b.bin"), join(root, "a.bin")),
      "it is gone": () => unlink(join(root, "a.bin")),
      "it has grown": () => appendFile(join(root, "a.bin"), "more"),
      "it is cut off": () => truncate(join(root, "a.bin"), SIZE - 1),
    };
    const app = quietApp();
    app.use(async (ctx) => {
      await ctx.send({ root, path: "a.bin" });
      await changes[ctx.request.url.searchParams.get("then") ?? ""]?.();
    });
    const { port, stop } = await serve(app);
    for (const then of Object.keys(changes)) {
      await writeFile(join(root, "a.bin"), CONTENT);
      const client = await RawClient.get(port, `/?then=${encodeURIComponent(then)}`, ["Connection: close"]);
      await client.closed;
      const sent = client.text.slice(client.head.length + 4);
      const isChunked = /transfer-encoding: chunked/i.test(client.head);
      if (then !== "it is cut off") {
        const body = isChunked ? joinChunks(sent) : sent;
        assert.ok(body.length === SIZE && isContent(body), then);
      } else if (isChunked) {
        assert.throws(() => joinChunks(sent), then);
      } else {
        assert.ok(sent.length < SIZE, then);
      }
    }
    await stop();
    await noneOpen(root);
  }));

test("files that are asked for together, and left in the middle, are never mixed up", () =>
  withTree({}, async (root) => {
    const names = ["a", "b", "c", "d"];
    for (const name of names) await writeFile(join(root, `${name}.bin`), name.repeat(1_100_000));
    const app = quietApp();
    app.use((ctx) => ctx.send({ root }));
    const { port, stop } = await serve(app);
    const visit = async (at: number) => {
      const name = names[at % names.length] ?? "";
      const client = await RawClient.get(port, `/${name}.bin`, ["Connection: close"]);
      if (at % 3 === 0) {
        await client.until("\r\n\r\n");
        client.destroy();
      }
      await client.closed;
      const body = client.text.slice(client.head.length + 4);
      assert.equal(body.replaceAll(name, ""), "", `of ${name}`);
      if (at % 3 !== 0) assert.equal(body.length, 1_100_000);
    };
    for (let round = 0; round < 4; round++) {
      await Promise.all(Array.from({ length: 24 }, (_, at) => visit(at + round)));
    }
    await noneOpen(root);
    await stop();
  }));

// Longer than the shortest patience that Bun can have with a connection that does nothing.
const PAUSE_MS = 9000;

test("a reader may pause for as long as it likes", () =>
  withTree({}, async (root) => {
    const size = 50_000_000;
    await writeFile(join(root, "large.bin"), Buffer.alloc(size, "abcdefg"));
    const app = quietApp();
    app.use((ctx) => ctx.send({ root }));
    // Node takes a reader who takes nothing for silent.
    const { port, stop } = await serve(app, "Bun" in globalThis ? { idleTimeoutMs: 1000 } : {});
    const client = await RawClient.get(port, "/large.bin", ["Connection: close"]);
    await client.until("\r\n\r\n");
    client.pause();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    client.resume();
    await client.closed;
    assert.equal(client.text.length - client.head.length - 4, size);
    await stop();
  }));

test("a client that leaves in the middle leaves no file open", { skip: CANT_COUNT_FILES }, () =>
  serving({}, async (port, root) => {
    const file = await open(join(root, "large.bin"), "r+");
    await file.truncate(400_000_000);
    await file.close();
    const clients = await Promise.all(Array.from({ length: 10 }, () => RawClient.get(port, "/large.bin")));
    for (const client of clients) {
      await client.until("\r\n\r\n");
      client.pause();
    }
    // A file that is being read may count twice.
    assert.ok((await countOpenFiles(root)) >= 10);
    for (const [index, client] of clients.entries()) index % 2 === 0 ? client.destroy() : client.reset();
    await noneOpen(root);
  }),
);

test("readers of all paces at once each get what they asked for", () =>
  serving({}, async (port) => {
    const asking = Array.from({ length: 24 }, async (_, at) => {
      const start = at * 1000;
      const client = await RawClient.get(port, "/large.bin", [`Range: bytes=${start}-`, "Connection: close"]);
      await client.until("\r\n\r\n");
      if (at % 3 === 0) return client.destroy();
      for (let pauses = 0; at % 3 === 1 && pauses < 5; pauses++) {
        client.pause();
        await new Promise((resolve) => setImmediate(resolve));
        client.resume();
        await Promise.race([client.closed, new Promise((resolve) => client.socket.once("data", resolve))]);
      }
      await client.closed;
      const sent = client.text.slice(client.head.length + 4);
      const body = /transfer-encoding: chunked/i.test(client.head) ? joinChunks(sent) : sent;
      assert.ok(body.length === SIZE - start && isContent(body, start), `reader ${at}`);
    });
    await Promise.all(asking);
  }));
