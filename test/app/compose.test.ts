import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkMiddleware,
  compose,
  composeSteps,
  isMiddlewareObject,
  type MiddlewareFunction,
  type Next,
  toFunction,
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

/** Runs a chain to its end and some turns beyond; gives what was told late, and what the caller caught. */
async function outcomeOf(
  ...middleware: MiddlewareFunction<object>[]
): Promise<{ told: unknown[]; caught: unknown[] }> {
  const told: unknown[] = [];
  const caught: unknown[] = [];
  const chain = compose(middleware, (error) => told.push(error));
  await chain({}).catch((error) => caught.push(error));
  await new Promise((resolve) => setTimeout(resolve, 0));
  return { told, caught };
}

const thrown = new Error("thrown");
const pass: MiddlewareFunction<object> = (_, next) => next();
const wait: MiddlewareFunction<object> = async (_, next) => {
  await next();
};
const hasten: MiddlewareFunction<object> = (_, next) => {
  void next();
};
const failAtOnce: MiddlewareFunction<object> = () => {
  throw thrown;
};
const failLater: MiddlewareFunction<object> = async () => {
  await Promise.resolve();
  throw thrown;
};

for (const fail of [failAtOnce, failLater]) {
  test(`what the caller catches is not told: ${fail === failLater ? "a rejection" : "an exception"}`, async () => {
    for (const chain of [[fail], [pass, fail], [wait, fail], [pass, wait, pass, wait, fail]]) {
      assert.deepEqual(await outcomeOf(...chain), { told: [], caught: [thrown] });
    }
  });

  test(`what nobody awaited is told once: ${fail === failLater ? "a rejection" : "an exception"}`, async () => {
    for (const chain of [
      [hasten, fail],
      [hasten, pass, fail],
      [hasten, wait, wait, fail],
      [wait, pass, hasten, wait, fail],
    ]) {
      assert.deepEqual(await outcomeOf(...chain), { told: [thrown], caught: [] });
    }
  });
}

test("what somebody caught on the way is told nobody", async () => {
  const rescue: MiddlewareFunction<object> = (_, next) => next().catch(() => "rescued");
  for (const fail of [failAtOnce, failLater]) {
    assert.deepEqual(await outcomeOf(pass, rescue, wait, fail), { told: [], caught: [] });
  }
});

test("two errors that nobody awaited are both told, and so is undefined", async () => {
  const other = new Error("other");
  const failTwice: MiddlewareFunction<object> = (_, next) => {
    void next();
    return Promise.reject(other);
  };
  assert.deepEqual(await outcomeOf(hasten, failTwice, failLater), { told: [other, thrown], caught: [] });
  const throwNothing: MiddlewareFunction<object> = () => Promise.reject(undefined);
  assert.deepEqual(await outcomeOf(hasten, throwNothing), { told: [undefined], caught: [] });
});

test("a thenable that a middleware returns is awaited, and its rejection is the chain's", async () => {
  const log: Log = [];
  // biome-ignore lint/suspicious/noThenProperty: the subject of the test
  const fulfilled = { then: (resolve: (value: unknown) => void) => resolve(log.push(1)) };
  await compose<Log>([around(0, 2), () => fulfilled])(log);
  assert.deepEqual(log, [0, 1, 2]);
  // biome-ignore lint/suspicious/noThenProperty: the subject of the test
  const rejected = { then: (_: unknown, reject: (reason: unknown) => void) => reject(thrown) };
  await assert.rejects(compose([pass, () => rejected])({}), (error) => error === thrown);
});

test("next gives a promise that can be awaited, whatever comes after it", async () => {
  const afters: (MiddlewareFunction<object> | undefined)[] = [undefined, () => 1, async () => 1, () => null];
  for (const after of afters) {
    let given: unknown;
    const look: MiddlewareFunction<object> = (_, next) => {
      given = next();
    };
    await compose([look, ...(after === undefined ? [] : [after])])({});
    assert.ok(given instanceof Promise);
    await given;
  }
});

test("steps are handed what one run carries", async () => {
  const log: unknown[] = [];
  const chain = composeSteps<object, string>([
    (_, next, carried) => {
      log.push(carried);
      return next();
    },
    (_, next, carried) => {
      log.push(`${carried} again`);
      return next();
    },
  ]);
  await Promise.all([chain({}, undefined, "a"), chain({}, async () => log.push("end"), "b")]);
  assert.deepEqual(log, ["a", "a again", "b", "b again", "end"]);
});

test("a middleware of compose is given a context and a next, and nothing to mistake for more", async () => {
  let extra: unknown = "not called";
  const look = (_: object, __: Next, third?: unknown) => {
    extra = third;
  };
  await compose([look as MiddlewareFunction<object>])({});
  assert.equal(extra, undefined);
});

test("toFunction leaves functions as they are, and makes one of an object", () => {
  assert.equal(toFunction(pass), pass);
  const object = {
    count: 0,
    handleRequest() {
      return ++this.count;
    },
  };
  const next: Next = async () => undefined;
  assert.deepEqual([toFunction(object)({}, next), toFunction(object)({}, next)], [1, 2]);
  assert.throws(() => toFunction(1 as never), TypeError);
});
