import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import { ApplicationErrorEvent } from "../../src/app/application-events.ts";
import { logError } from "../../src/app/log-error.ts";
import { createHttpError } from "../../src/http/http-error.ts";
import { ask } from "../support/asking.ts";

/** Gives the arguments of each `console.error` while `work` goes on. */
async function printedBy(work: () => unknown): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const original = console.error;
  console.error = (...args) => void printed.push(args);
  try {
    await work();
  } finally {
    console.error = original;
  }
  return printed;
}

/** What is printed when a handler throws `thrown`. */
function printedFor(thrown: unknown, options = {}): Promise<unknown[][]> {
  const app = new Application(options);
  app.use(() => {
    throw thrown;
  });
  return printedBy(() => ask(app, "/path?query"));
}

test("an error from 500 on is printed: what, for which request, how answered, from where", async () => {
  const error = createHttpError(503, "the database is away");
  const printed = await printedFor(error);
  assert.deepEqual(printed.slice(0, 3), [
    ["[uncaught application error]: ServiceUnavailableError - the database is away"],
    ["\nrequest:", { url: "/path?query", method: "GET" }],
    ["response:", { status: 503, type: "text/plain", writable: true }],
  ]);
  assert.equal(printed.length, 4);
  const [trace] = printed[3] as [string];
  assert.match(trace, /log-error\.test/);
  assert.doesNotMatch(trace, /the database is away/);
});

test("so is one without a status, and what was no error at all", async () => {
  assert.deepEqual((await printedFor(new TypeError("bug")))[0], [
    "[uncaught application error]: TypeError - bug",
  ]);
  assert.deepEqual((await printedFor("text"))[0], [
    '[uncaught application error]: Error - non-error thrown: "text"',
  ]);
});

test("a 4xx is the client's concern, and is not printed", async () => {
  for (const status of [400, 404, 425, 499]) {
    assert.deepEqual(await printedFor(Object.assign(new Error("theirs"), { status })), [], `${status}`);
  }
});

test("nothing is printed where the application says so", async () => {
  assert.deepEqual(await printedFor(new Error("quiet"), { logErrors: false }), []);
  assert.equal((await printedFor(new Error("loud"), { logErrors: true })).length, 4);
});

test("without a context the error and its stack are printed", async () => {
  const error = new Error("before any context");
  const printed = await printedBy(() => logError(new ApplicationErrorEvent(error)));
  assert.equal(printed.length, 2);
  assert.deepEqual(printed[0], ["[uncaught application error]: Error - before any context"]);
});

test("an error without a stack is printed without one", async () => {
  const error = Object.assign(new Error("bare"), { stack: undefined });
  const printed = await printedBy(() => logError(new ApplicationErrorEvent(error as Error)));
  assert.deepEqual(printed.at(-1), [""]);
});

test("whatever stands for a stack, printing does not throw", async () => {
  for (const stack of [7, null, [], {}]) {
    const error = Object.assign(new Error("odd"), { stack });
    const printed = await printedBy(() => logError(new ApplicationErrorEvent(error as unknown as Error)));
    assert.deepEqual(printed[0], ["[uncaught application error]: Error - odd"]);
  }
});
