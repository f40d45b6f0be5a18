import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FileBody, type ReadableFile } from "../../src/app/file-body.ts";
import type { OpenFile } from "../../src/app/server-request.ts";

/** A file whose byte number n is n modulo 251. */
class CountingFile implements ReadableFile {
  reads: [start: number, length: number][] = [];
  closes = 0;
  readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  async fill(bytes: Uint8Array, start: number): Promise<void> {
    this.reads.push([start, bytes.byteLength]);
    if (start + bytes.byteLength > this.size) throw new Error("too short");
    for (const index of bytes.keys()) bytes[index] = (start + index) % 251;
  }

  close(): void {
    this.closes++;
  }
}

async function collect(body: FileBody): Promise<number[]> {
  const bytes: number[] = [];
  for await (const chunk of body) bytes.push(...chunk);
  return bytes;
}

test("the pieces come one after the other, and then the file is closed", async () => {
  const file = new CountingFile(100);
  const body = new FileBody(file, [
    Uint8Array.of(255, 254),
    { start: 10, end: 12 },
    Uint8Array.of(253),
    { start: 0, end: 0 },
  ]);
  assert.equal(file.reads.length, 0);
  assert.deepEqual(await collect(body), [255, 254, 10, 11, 12, 253, 0]);
  assert.equal(file.closes, 1);
});

test("a long range is read in chunks, each when it is asked for", async () => {
  const size = 600 * 1024;
  const file = new CountingFile(size);
  const body = new FileBody(file, [{ start: 1, end: size - 2 }]);
  const first = await body.next();
  assert.equal(file.reads.length, 1);
  assert.equal(first.value?.byteLength, 256 * 1024);
  for await (const _ of body);
  assert.deepEqual(file.reads, [
    [1, 262_144],
    [262_145, 262_144],
    [524_289, size - 2 - 524_288],
  ]);
});

test("read into memory that is lent, it takes none of its own, and fills at most that", async () => {
  const file = new CountingFile(2000);
  const own = Uint8Array.of(255, 254);
  const body = new FileBody(file, [own, { start: 10, end: 1233 }]);
  const lent = new Uint8Array(1000);
  assert.equal(await body.read(lent), own);
  for (const [start, length] of [
    [10, 1000],
    [1010, 224],
  ] as const) {
    const bytes = await body.read(lent);
    assert.equal(bytes?.buffer, lent.buffer);
    assert.deepEqual(
      [...(bytes ?? [])],
      Array.from({ length }, (_, index) => (start + index) % 251),
    );
  }
  assert.deepEqual([await body.read(lent), file.closes, file.reads.length], [undefined, 1, 2]);
});

test("closed, or failed, it has no more to be read", async () => {
  for (const [size, end] of [
    [100, (body: FileBody) => body.close()],
    [5, (body: FileBody) => assert.rejects(body.read(new Uint8Array(10)), /too short/)],
  ] as const) {
    const file = new CountingFile(size);
    const body = new FileBody(file, [{ start: 0, end: 99 }]);
    await end(body);
    const { length } = file.reads;
    assert.equal(await body.read(new Uint8Array(10)), undefined);
    assert.deepEqual([file.reads.length, file.closes > 0], [length, true]);
  }
});

test("no pieces are an empty body, whose file is closed", async () => {
  const file = new CountingFile(0);
  assert.deepEqual(await collect(new FileBody(file, [])), []);
  assert.equal(file.closes, 1);
});

test("a reader that leaves, before the first chunk or later, closes the file, and nothing more is read", async () => {
  for (const chunks of [0, 1]) {
    const file = new CountingFile(1_000_000);
    const body = new FileBody(file, [{ start: 0, end: 999_999 }]);
    for (let count = 0; count < chunks; count++) await body.next();
    assert.deepEqual(await body.return(), { done: true, value: undefined });
    assert.deepEqual(await body.next(), { done: true, value: undefined });
    assert.deepEqual([file.reads.length, file.closes > 0], [chunks, true]);
  }
});

test("a read that fails ends the body with its error, and closes the file", async () => {
  const file = new CountingFile(300_000);
  const body = new FileBody(file, [{ start: 0, end: 400_000 }]);
  await body.next();
  await assert.rejects(body.next(), /too short/);
  assert.equal(file.closes, 1);
  assert.deepEqual(await body.next(), { done: true, value: undefined });
});

test("property: all pieces come, whole and in order", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.tuple(fc.nat(50), fc.nat(49))), { maxLength: 8 }),
      async (parts) => {
        const pieces = parts.map((part) =>
          part instanceof Uint8Array ? Uint8Array.from(part) : { start: part[0], end: part[0] + part[1] },
        );
        const expected = pieces.flatMap((piece) =>
          piece instanceof Uint8Array
            ? [...piece]
            : Array.from({ length: piece.end - piece.start + 1 }, (_, index) => piece.start + index),
        );
        assert.deepEqual(await collect(new FileBody(new CountingFile(100), pieces)), expected);
      },
    ),
  ));

test("a body of a whole file has it to give, until it is read from, or it is closed", async () => {
  const whole = (): OpenFile => ({
    path: "/a",
    descriptor: 7,
    size: 100,
    device: 1,
    inode: 2,
    closed: false,
    borrow: () => () => undefined,
    close: () => undefined,
  });
  const pieces = [{ start: 0, end: 99 }];
  assert.equal(new FileBody(new CountingFile(100), pieces).whole, undefined);
  assert.equal(new FileBody(new CountingFile(100), pieces, { ...whole(), closed: true }).whole, undefined);
  for (const touch of [
    (body: FileBody) => body.close(),
    (body: FileBody) => body.next(),
    (body: FileBody) => body.read(new Uint8Array(10)),
  ]) {
    const file = whole();
    const body = new FileBody(new CountingFile(100), pieces, file);
    assert.equal(body.whole, file);
    await touch(body);
    assert.equal(body.whole, undefined);
  }
});
