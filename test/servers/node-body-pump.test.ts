import assert from "node:assert/strict";
import { test } from "node:test";
import type { BodySource } from "../../src/app/server-request.ts";
import { isClosed, PiecePool, pumpSource, pumpStream } from "../../src/servers/node-body-pump.ts";
import { eventually } from "../support/eventually.ts";
import { exchange, skipUnlessNode as skip } from "../support/node-answering.ts";

const GET = "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

/** Fills what it is lent with one letter after the other, `count` times; keeps what it was lent. */
class Letters implements BodySource {
  readonly lent: Uint8Array[] = [];
  closes = 0;
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  async read(piece: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.closes > 0 || this.lent.length === this.#count) return undefined;
    this.lent.push(piece);
    return piece.fill(96 + this.lent.length);
  }

  close(): void {
    this.closes++;
  }
}

test("a pool lends again what it was given back, up to its limit", () => {
  const pool = new PiecePool(10, 2);
  const pieces = [pool.take(), pool.take(), pool.take()];
  assert.deepEqual(
    pieces.map(({ byteLength }) => byteLength),
    [10, 10, 10],
  );
  assert.equal(new Set(pieces).size, 3);
  for (const piece of pieces) pool.give(piece);
  const again = [pool.take(), pool.take(), pool.take()];
  assert.equal(again.filter((piece) => pieces.includes(piece)).length, 2);
});

test("a source is sent as it was when it was read, in memory that is used again", { skip }, async () => {
  const { response, client } = await exchange(GET);
  const source = new Letters(20);
  response.writeHead(200, { "content-length": 20 * 256 * 1024 });
  await pumpSource(source, response);
  await client.closed;
  const body = client.text.slice(client.head.length + 4);
  const expected = Array.from({ length: 20 }, (_, at) => String.fromCharCode(97 + at).repeat(256 * 1024));
  assert.ok(body === expected.join(""));
  assert.ok(new Set(source.lent).size < 20, "some was lent again");
});

test("an empty source is an empty body", { skip }, async () => {
  const { response, client } = await exchange(GET);
  await pumpSource(new Letters(0), response);
  await client.closed;
  assert.match(client.text, /\r\nContent-Length: 0\r\n\r\n$/);
});

test("a client that stops reading stops the source; one that leaves closes it", { skip }, async () => {
  const { response, client } = await exchange(GET);
  const source = new Letters(Number.POSITIVE_INFINITY);
  const pumped = pumpSource(source, response);
  await client.until("\r\n\r\n");
  client.pause();
  await eventually(() => response.writableNeedDrain);
  const { length } = source.lent;
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(source.lent.length <= length + 1);
  client.destroy();
  await pumped;
  assert.ok(source.closes > 0);
});

test("a client that left before is not written to", { skip }, async () => {
  for (const pump of [
    async (response: Parameters<typeof isClosed>[0]) => {
      const source = new Letters(Number.POSITIVE_INFINITY);
      await pumpSource(source, response);
      return source.closes > 0;
    },
    async (response: Parameters<typeof isClosed>[0]) => {
      let isCancelled = false;
      const stream = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(5)),
        cancel: () => {
          isCancelled = true;
        },
      });
      await pumpStream(stream.getReader(), response);
      return isCancelled;
    },
  ]) {
    const { response, client } = await exchange(GET);
    client.destroy();
    await eventually(() => isClosed(response));
    assert.ok(await pump(response), "the source was told");
  }
});

test("a source that fails cuts the connection", { skip }, async () => {
  const { response, client } = await exchange(GET);
  let reads = 0;
  await pumpSource(
    {
      read: async (piece) => {
        if (reads++ > 0) throw new Error("source");
        return piece.fill(97);
      },
      close: () => undefined,
    },
    response,
  );
  await client.closed;
  assert.doesNotMatch(client.text, /0\r\n\r\n$/, "no clean end");
});
