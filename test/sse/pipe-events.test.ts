import assert from "node:assert/strict";
import { test } from "node:test";
import { pipeEvents } from "../../src/sse/pipe-events.ts";

function piping() {
  const controller = new AbortController();
  const sent: unknown[] = [];
  let waiting: (() => void) | undefined;
  const target = {
    signal: controller.signal,
    ready: Promise.resolve(),
  };
  return {
    controller,
    sent,
    target,
    send: (value: unknown) => void sent.push(value),
    stall() {
      target.ready = new Promise((resolve) => (waiting = resolve));
    },
    drain: () => waiting?.(),
  };
}

function fill(controller: ReadableStreamDefaultController<number>): void {
  for (const number of [1, 2, 3]) controller.enqueue(number);
  controller.close();
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

for (const [kind, source] of [
  ["a list", () => [1, 2, 3]],
  [
    "a generator",
    async function* () {
      yield* [1, 2, 3];
    },
  ],
  ["a stream", () => new ReadableStream({ start: fill })],
] as const) {
  test(`${kind} is sent in order, to its end`, async () => {
    const { sent, target, send } = piping();
    assert.equal(await pipeEvents<unknown>(source(), target, send), true);
    assert.deepEqual(sent, [1, 2, 3]);
  });
}

test("it waits for the reader between two values", async () => {
  const { sent, target, send, stall, drain } = piping();
  let made = 0;
  async function* numbers() {
    for (; made < 3; made++) yield made;
  }
  stall();
  const piped = pipeEvents(numbers(), target, send);
  await turn();
  assert.deepEqual([sent, made], [[0], 0], "the second was not even asked for");
  target.ready = Promise.resolve();
  drain();
  assert.equal(await piped, true);
  assert.deepEqual(sent, [0, 1, 2]);
});

test("when the target closes, a generator is returned from and a stream cancelled, even while it waits", async () => {
  for (const make of [asGenerator, asStream]) {
    const { controller, target, send, sent } = piping();
    let stopped: unknown;
    const source = make((reason) => {
      stopped = reason;
    });
    const piped = pipeEvents(source, target, send);
    await turn();
    controller.abort(new Error("gone"));
    assert.equal(await piped, false);
    await turn();
    assert.ok(stopped !== undefined);
    assert.deepEqual(sent, [1]);
  }

  function asGenerator(onStop: (reason: unknown) => void): AsyncIterable<number> {
    return {
      [Symbol.asyncIterator]() {
        let first = true;
        return {
          next: () => {
            if (!first) return new Promise(() => undefined);
            first = false;
            return Promise.resolve({ done: false, value: 1 });
          },
          return: async () => {
            onStop("returned");
            return { done: true, value: undefined };
          },
        };
      },
    };
  }
  function asStream(onStop: (reason: unknown) => void): ReadableStream<number> {
    return new ReadableStream<number>({ start: (controller) => controller.enqueue(1), cancel: onStop });
  }
});

test("a target that is closed already takes nothing, and stops the source", async () => {
  const { controller, target, send, sent } = piping();
  controller.abort();
  let cancelled = false;
  const source = new ReadableStream({
    pull: (controller) => controller.enqueue(1),
    cancel: () => {
      cancelled = true;
    },
  });
  assert.equal(await pipeEvents(source, target, send), false);
  assert.deepEqual([sent, cancelled], [[], true]);
});

test("an error of the source rejects; one of the sending also stops the source", async () => {
  const { target, send } = piping();
  async function* failing() {
    yield 1;
    throw new Error("source");
  }
  await assert.rejects(pipeEvents(failing(), target, send), /source/);

  let returned = false;
  async function* endless() {
    try {
      for (;;) yield 1;
    } finally {
      returned = true;
    }
  }
  const refuse = () => {
    throw new Error("send");
  };
  await assert.rejects(pipeEvents(endless(), target, refuse), /send/);
  await turn();
  assert.equal(returned, true);
});

test("an error that comes after the end of the target is nobody's", async () => {
  const { controller, target, send } = piping();
  let fail!: (error: Error) => void;
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise((_, reject) => {
          fail = reject;
        }),
    }),
  };
  const piped = pipeEvents(source, target, send);
  await turn();
  controller.abort();
  assert.equal(await piped, false);
  fail(new Error("late"));
  await turn();
});

test("what is no source is refused", async () => {
  const { target, send } = piping();
  await assert.rejects(pipeEvents({} as never, target, send), /^TypeError: Cannot stream a object/);
});

test("nothing is left on the signal", async () => {
  const { target, send, controller } = piping();
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  await pipeEvents([1], target, send);
  assert.equal(listeners, 0);
});
