import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamSink } from "../../src/sse/stream-sink.ts";
import { byteSinkContract, type SinkUnderTest } from "../../src/testing/byte-sink-contract.ts";

/** Reads a body as a server does: the next chunk once the last is through, unless it is told to wait. */
function readingSink(): SinkUnderTest {
  const sink = new StreamSink();
  const reader = sink.body.getReader();
  let text = "";
  let ended = false;
  let paused = false;
  let wake: (() => void) | undefined;
  void (async () => {
    for (;;) {
      if (paused) await new Promise<void>((resolve) => (wake = resolve));
      const { done, value } = await reader.read();
      if (done) break;
      text += new TextDecoder().decode(value);
    }
    ended = true;
  })();
  return {
    sink,
    reader: {
      text: () => text,
      ended: () => ended,
      pause: () => {
        paused = true;
      },
      resume: () => {
        paused = false;
        wake?.();
      },
      leave: () => void reader.cancel(),
    },
  };
}

for (const { name, run } of byteSinkContract(async () => readingSink())) {
  test(`StreamSink: ${name}`, run);
}

test("what waits leaves joined, in chunks of at most 64 KiB", async () => {
  const sink = new StreamSink();
  sink.open({ drained: () => undefined, closed: () => undefined }, 1);
  for (let count = 0; count < 3000; count++) sink.write(new Uint8Array(50));
  assert.equal(sink.bufferedBytes, 150_000);
  sink.close();
  const sizes: number[] = [];
  for await (const chunk of sink.body) sizes.push(chunk.byteLength);
  assert.deepEqual(sizes, [65_500, 65_500, 19_000]);
});

test("a single larger write leaves as it is", async () => {
  const sink = new StreamSink();
  sink.open({ drained: () => undefined, closed: () => undefined }, 1);
  sink.write(new Uint8Array(10));
  sink.write(new Uint8Array(100_000));
  sink.close();
  const sizes: number[] = [];
  for await (const chunk of sink.body) sizes.push(chunk.byteLength);
  assert.deepEqual(sizes, [10, 100_000]);
});

test("a body cancelled before the sink is opened is told of", async () => {
  const sink = new StreamSink();
  await sink.body.cancel();
  await new Promise<void>((resolve) => sink.open({ drained: () => undefined, closed: () => resolve() }, 1));
  assert.equal(sink.write(new Uint8Array(1)), false);
});

test("nothing is left on the signal that aborts it", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners.delete(args[1]);
    remove(...args);
  };
  const [left, aborted] = [new StreamSink(), new StreamSink()];
  left.abortBy(signal);
  aborted.abortBy(signal);
  assert.equal(listeners.size, 2);
  await left.body.cancel();
  assert.equal(listeners.size, 1);
  controller.abort();
  assert.equal(listeners.size, 0);
  assert.equal(aborted.write(new Uint8Array(1)), false);
});
