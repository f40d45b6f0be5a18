import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkMiddleware,
  compose,
  isMiddlewareObject,
  type MiddlewareFunction,
  type Next,
} from "../../src/app/compose.ts";

type Log = number[];

/** Notes `before`, runs what comes after it, notes `after`. */
function around(before: number, after: number): MiddlewareFunction<Log> {
  return async (log, next) => {
    log.push(before);
    await next();
    log.push(after);
  };
}

test("each middleware runs inside the next of the one before", async () => {
  const log: Log = [];
  await compose([around(1, 6), around(2, 5), around(3, 4)])(log);
  assert.deepEqual(log, [1, 2, 3, 4, 5, 6]);
});

test("a next that nobody awaits runs what comes after it up to its first await", async () => {
  const log: Log = [];
  const hasty: MiddlewareFunction<Log> = (context, next) => {
    context.push(1);
    void next();
    context.push(3);
  };
  const slow: MiddlewareFunction<Log> = async (context) => {
    context.push(2);
    await Promise.resolve();
    context.push(4);
  };
  await compose([hasty, slow])(log);
  await Promise.resolve();
  assert.deepEqual(log, [1, 2, 3, 4]);
});

test("who doesn't call next ends the chain", async () => {
  const log: Log = [];
  const end: MiddlewareFunction<Log> = (context) => context.push(2);
  await compose([around(1, 3), end, around(9, 9)])(log, async () => log.push(9));
  assert.deepEqual(log, [1, 2, 3]);
});

test("the chain falls through to the next outside it, and that of no middleware too", async () => {
  const log: Log = [];
  const outer: Next = async () => log.push(2);
  await compose([around(1, 3)])(log, outer);
  await compose([])(log, outer);
  await compose([around(4, 5)])(log);
  assert.deepEqual(log, [1, 2, 3, 2, 4, 5]);
});

test("chains nest", async () => {
  const log: Log = [];
  await compose([around(1, 6), compose([around(2, 5), around(3, 4)]), around(7, 8)])(log);
  assert.deepEqual(log, [1, 2, 3, 7, 8, 4, 5, 6]);
});

test("a chain runs any number of times, also at once", async () => {
  const chain = compose([around(1, 4), around(2, 3)]);
  const logs: Log[] = [[], [], []];
  await Promise.all(logs.map((log) => chain(log)));
  assert.deepEqual(logs, [
    [1, 2, 3, 4],
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ]);
});

test("next rejects when it is called twice", async () => {
  const twice: MiddlewareFunction<Log> = async (_, next) => {
    await next();
    await next();
  };
  const expected = { message: "next() called multiple times." };
  await assert.rejects(compose([twice])([]), expected);
  await assert.rejects(compose([twice, around(1, 2)])([]), expected);
  await assert.rejects(
    compose([around(1, 2), twice])([], async () => undefined),
    expected,
  );
});

test("what a middleware throws reaches those around it, and then the caller", async () => {
  const thrown = new Error("deep inside");
  const seen: unknown[] = [];
  const watch: MiddlewareFunction<Log> = (_, next) =>
    next().catch((error) => {
      seen.push(error);
      throw error;
    });
  const fail: MiddlewareFunction<Log> = () => {
    throw thrown;
  };
  await assert.rejects(compose([watch, watch, fail])([]), (error) => error === thrown);
  assert.deepEqual(seen, [thrown, thrown]);
  await assert.rejects(
    compose([() => Promise.reject("a rejection")])([]),
    (reason) => reason === "a rejection",
  );
});

test("all see the one context", async () => {
  const context = {};
  const seen: object[] = [];
  const look: MiddlewareFunction<object> = (given, next) => {
    seen.push(given);
    return next();
  };
  await compose([look, { handleRequest: look }, look])(context);
  assert.deepEqual(
    seen.map((given) => given === context),
    [true, true, true],
  );
});

test("a middleware object keeps its this from call to call", async () => {
  class Counter {
    count = 0;

    async handleRequest(log: Log, next: Next): Promise<void> {
      log.push(++this.count);
      await next();
    }
  }
  const counter = new Counter();
  const log: Log = [];
  const chain = compose<Log>([counter, counter]);
  await chain(log);
  await chain(log);
  assert.deepEqual([log, counter.count], [[1, 2, 3, 4], 4]);
});

const others: [value: unknown, quoted: string][] = [
  [null, "null"],
  [undefined, "undefined"],
  [1, "1"],
  ["use", '"use"'],
  [Symbol("use"), "Symbol(use)"],
  [{ handle() {} }, "an object"],
  [Object.create(null), "an object"],
];

for (const [value, quoted] of others) {
  test(`${quoted} can't be composed`, () => {
    assert.throws(() => compose([value as never]), {
      name: "TypeError",
      message: `Cannot use ${quoted} as middleware: neither a function nor a middleware object`,
    });
  });
}

test("checkMiddleware gives back what is a middleware", () => {
  const both = [() => undefined, { handleRequest() {} }];
  for (const middleware of both) assert.equal(checkMiddleware(middleware), middleware);
  for (const [value] of others) assert.throws(() => checkMiddleware(value), TypeError);
});

test("isMiddlewareObject knows instances and literals, and no functions", () => {
  class Handler {
    handleRequest(): void {}
  }
  assert.equal(isMiddlewareObject(new Handler()), true);
  assert.equal(isMiddlewareObject({ handleRequest() {} }), true);
  for (const other of [() => {}, Handler, {}, null, undefined, "handleRequest"]) {
    assert.equal(isMiddlewareObject(other), false);
  }
});

test("what is thrown behind a next that nobody awaited, when the chain is over, is told", async () => {
  const told: unknown[] = [];
  const late = new Error("late");
  let fail!: () => void;
  const held = new Promise<void>((resolve) => {
    fail = resolve;
  });
  const context = { path: "/" };
  const chain = compose<typeof context>(
    [
      (_, next) => {
        void next();
      },
      async () => {
        await held;
        throw late;
      },
    ],
    (error, about) => told.push(error, about),
  );
  await chain(context);
  assert.deepEqual(told, []);
  fail();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(told, [late, context]);
});
