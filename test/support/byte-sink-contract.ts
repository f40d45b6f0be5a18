import assert from "node:assert/strict";
import { test } from "node:test";
import type { ByteSink, SinkObserver } from "../../src/sse/byte-sink.ts";
import { eventually } from "./serving.ts";

/** A sink under test, and the reader at its other end. */
export interface SinkUnderTest {
  sink: ByteSink;
  reader: {
    /** All that has arrived. */
    text(): string;
    /** Stops reading, before anything has come; `resume` goes on. */
    pause(): void;
    resume(): void;
    /** Goes away. */
    leave(): void;
    /** Whether the stream has ended for it. */
    ended(): boolean;
  };
}

class Owner implements SinkObserver {
  drains = 0;
  ends: unknown[] = [];

  drained(): void {
    assert.equal(this.ends.length, 0, "drained after closed");
    this.drains++;
  }

  closed(error?: unknown): void {
    this.ends.push(error);
  }
}

const encode = (text: string) => new TextEncoder().encode(text);

/** What every {@linkcode ByteSink} must do. `make` gives a new one, not yet opened, with a reader that reads. */
export function testByteSink(name: string, make: () => Promise<SinkUnderTest>): void {
  test(`${name}: bytes arrive in the order of the writes, and close ends them`, async () => {
    const { sink, reader } = await make();
    const owner = new Owner();
    sink.open(owner, 1024);
    const words = Array.from({ length: 200 }, (_, index) => `word ${index};`);
    for (const word of words) sink.write(encode(word));
    sink.close();
    await eventually(() => owner.ends.length > 0 && reader.ended());
    assert.equal(reader.text(), words.join(""));
    assert.deepEqual(owner.ends, [undefined]);
    assert.equal(sink.bufferedBytes, 0);
  });

  test(`${name}: above the mark a write answers false, and drained follows`, async () => {
    const { sink, reader } = await make();
    const owner = new Owner();
    sink.open(owner, 1024);
    reader.pause();
    const block = encode("x".repeat(65_536));
    let sent = 0;
    while (sink.bufferedBytes <= 1024 && sent < 1000) {
      sink.write(block);
      sent++;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    assert.equal(sink.write(encode("!")), false);
    assert.ok(sink.bufferedBytes > 1024);
    const { drains } = owner;
    reader.resume();
    await eventually(() => owner.drains > drains);
    assert.ok(sink.bufferedBytes <= 1024);
    await eventually(() => reader.text().endsWith("!"));
    assert.equal(reader.text().length, sent * 65_536 + 1);
    sink.close();
    await eventually(() => owner.ends.length > 0);
  });

  test(`${name}: a reader that leaves closes it once, and later calls do nothing`, async () => {
    const { sink, reader } = await make();
    const owner = new Owner();
    sink.open(owner, 1024);
    sink.write(encode("hello"));
    await eventually(() => reader.text().includes("hello"));
    reader.leave();
    await eventually(() => owner.ends.length > 0);
    assert.equal(sink.write(encode("late")), false);
    sink.close();
    sink.abort();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(owner.ends, [undefined]);
    assert.equal(sink.bufferedBytes, 0);
  });

  test(`${name}: abort drops what was not taken, and tells once`, async () => {
    const { sink, reader } = await make();
    const owner = new Owner();
    sink.open(owner, 1024);
    reader.pause();
    for (let count = 0; count < 200; count++) sink.write(encode("x".repeat(65_536)));
    sink.abort();
    assert.deepEqual(owner.ends, [], "never in the turn of the call");
    await eventually(() => owner.ends.length > 0);
    sink.abort();
    assert.deepEqual([owner.ends.length, sink.bufferedBytes, sink.write(encode("late"))], [1, 0, false]);
    reader.resume();
    reader.leave();
  });

  test(`${name}: closed before anything was sent, it ends`, async () => {
    const { sink, reader } = await make();
    const owner = new Owner();
    sink.open(owner, 1024);
    sink.close();
    await eventually(() => owner.ends.length > 0 && reader.ended());
    assert.equal(reader.text(), "");
  });
}
