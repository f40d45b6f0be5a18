import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { Context } from "../../src/app/context.ts";
import { HttpError, httpErrors } from "../../src/http/http-error.ts";
import { ask, errorsOf } from "../support/asking.ts";

const quiet = { logErrors: false };

/** An application whose handler throws `thrown`, and its error events. */
function throwing(thrown: unknown) {
  const app = new Application(quiet);
  const errors = errorsOf(app);
  app.use((ctx) => {
    ctx.response.headers.set("x-before", "1");
    ctx.response.type = "html";
    throw thrown;
  });
  return { app, errors };
}

test("an error is answered with 500 and says nothing of itself", async () => {
  const error = new Error("the password is swordfish");
  const { app, errors } = throwing(error);
  const response = await ask(app);
  assert.equal(response.status, 500);
  assert.equal(await response.text(), "Internal Server Error");
  assert.deepEqual([...response.headers], [["content-type", "text/plain; charset=UTF-8"]]);
  assert.equal(errors.length, 1);
  assert.ok(errors[0]?.error === error && errors[0].message === error.message);
});

test("an HTTP error is answered with its status, and its message if the client may read it", async () => {
  const cases: [error: HttpError, status: number, body: string][] = [
    [new httpErrors.NotFound("no such book"), 404, "no such book"],
    [new httpErrors.TooEarly(), 425, "Too Early"],
    [new httpErrors.Forbidden("the reason", { expose: false }), 403, "Forbidden"],
    [new httpErrors.BadGateway("the upstream's name"), 502, "Bad Gateway"],
    [new httpErrors.ServiceUnavailable("back at nine", { expose: true }), 503, "back at nine"],
    [new HttpError(599), 599, ""],
    [new HttpError(1000, "no status"), 500, "Internal Server Error"],
    [new HttpError(204, "no error"), 500, "no error"],
  ];
  for (const [error, status, body] of cases) {
    const { app, errors } = throwing(error);
    const response = await ask(app);
    assert.deepEqual([response.status, await response.text()], [status, body]);
    assert.equal(errors[0]?.error, error);
  }
});

test("any error with a status is answered with it", async () => {
  const foreign = Object.assign(new Error("not yours"), { status: 402, expose: true });
  assert.equal((await ask(throwing(foreign).app)).status, 402);
  for (const status of [200, 302, 399, 600, 404.5, "404", Number.NaN]) {
    const odd = Object.assign(new Error("odd"), { status });
    assert.equal((await ask(throwing(odd).app)).status, 500, `${status}`);
  }
});

test("the headers of the error are sent, and none that were set before", async () => {
  const error = new httpErrors.Unauthorized();
  error.headers = new Headers({ "www-authenticate": "Basic" });
  const { headers } = await ask(throwing(error).app);
  assert.deepEqual(
    [headers.get("www-authenticate"), headers.get("x-before"), headers.get("content-type")],
    ["Basic", null, "text/plain; charset=UTF-8"],
  );
});

const cycle: Record<string, unknown> = {};
cycle.self = cycle;

const thrownKinds: [name: string, thrown: unknown, message: string][] = [
  ["null", null, "null"],
  ["undefined", undefined, "undefined"],
  ["a string", "oops", '"oops"'],
  ["a number", 0, "0"],
  ["a bigint", 7n, "[object BigInt]"],
  ["a symbol", Symbol("oops"), "Symbol(oops)"],
  ["an object", { a: 1 }, '{"a":1}'],
  ["a cycle", cycle, "[object Object]"],
  ["an object whose toJSON throws", { toJSON: () => assert.fail("never heard of") }, "[object Object]"],
  ["an object of no prototype", Object.assign(Object.create(null), { b: 2 }), '{"b":2}'],
];

for (const [name, thrown, message] of thrownKinds) {
  test(`${name} that is thrown becomes an error, and a 500`, async () => {
    for (const way of ["handle", "fetch"] as const) {
      const { app, errors } = throwing(thrown);
      const response = await app[way](new Request("http://host.test/"));
      assert.equal(response?.status, 500);
      assert.equal(await response?.text(), "Internal Server Error");
      assert.equal(errors.length, 1);
      assert.ok(errors[0]?.error instanceof Error);
      assert.equal(errors[0].message, `non-error thrown: ${message}`);
      assert.equal(errors[0].error.cause, thrown);
    }
  });
}

test("fetch answers a thrown error as handle does, and does not throw it on", async () => {
  const app = new Application(quiet);
  app.use((ctx) => ctx.throw(404, "gone fishing"));
  const response = await app.fetch(new Request("http://host.test/"));
  assert.deepEqual([response.status, await response.text()], [404, "gone fishing"]);
});

test("the event comes after the response was set", async () => {
  const app = new Application(quiet);
  const seen: unknown[] = [];
  app.addEventListener("error", ({ context }) => {
    assert.ok(context instanceof Context);
    const { status, body, type, writable } = context.response;
    seen.push(status, body, type, writable);
  });
  app.use((ctx) => ctx.throw(400, "bad"));
  await ask(app);
  assert.deepEqual(seen, [400, "bad", "text/plain", true]);
});

test("a listener may be an object", async () => {
  const app = new Application(quiet);
  const seen: Event[] = [];
  app.addEventListener("error", { handleEvent: (event: Event) => void seen.push(event) });
  app.use((ctx) => ctx.throw(400));
  await ask(app);
  assert.equal(seen.length, 1);
});

test("an error that a middleware catches is no event", async () => {
  const app = new Application(quiet);
  const errors = errorsOf(app);
  app.use((_, next) => next().catch(() => undefined));
  app.use((ctx) => ctx.throw(400));
  assert.equal((await ask(app)).status, 404);
  assert.deepEqual(errors, []);
});

test("of two errors the one that is thrown last is told", async () => {
  const app = new Application(quiet);
  const errors = errorsOf(app);
  app.use(async (_, next) => {
    try {
      await next();
    } catch {
      throw new Error("while catching");
    }
  });
  app.use((ctx) => ctx.throw(400));
  assert.equal((await ask(app)).status, 500);
  assert.deepEqual(
    errors.map(({ message }) => message),
    ["while catching"],
  );
});

test("no context, no answer: the error is told, and handle and fetch reject with it", async () => {
  const fault = new Error("no state today");
  const app = new Application({
    ...quiet,
    contextState: "clone",
    state: Object.defineProperty({}, "trap", {
      enumerable: true,
      get() {
        throw fault;
      },
    }),
  });
  const errors = errorsOf(app);
  app.use(() => assert.fail("never reached"));
  await assert.rejects(app.handle(new Request("http://host.test/")), (error) => error === fault);
  await assert.rejects(app.fetch(new Request("http://host.test/")), (error) => error === fault);
  assert.deepEqual(
    errors.map(({ error, context }) => [error, context]),
    [
      [fault, undefined],
      [fault, undefined],
    ],
  );
});

test("next called twice is an error like any other", async () => {
  const app = new Application(quiet);
  const errors = errorsOf(app);
  app.use(async (_, next) => {
    await next();
    await next();
  });
  assert.equal((await ask(app)).status, 500);
  assert.equal(errors[0]?.message, "next() called multiple times.");
});
