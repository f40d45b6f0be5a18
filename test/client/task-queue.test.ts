import assert from "node:assert/strict";
import { test } from "node:test";
import { createTasks } from "../../src/client/task-queue.ts";

const RUNS_PROMISE_JOBS = 300;

/** Checks that all promise jobs which the work for one item sets off run before that for the next. */
async function checkTasks(runTasks: ReturnType<typeof createTasks>): Promise<void> {
  const order: string[] = [];
  await runTasks(["a", "b", "c"], async (item) => {
    order.push(item);
    for (let jobs = 0; jobs < RUNS_PROMISE_JOBS; jobs++) await null;
    order.push(`after ${item}`);
  });
  for (let jobs = 0; jobs < 2 * RUNS_PROMISE_JOBS; jobs++) await null;
  assert.deepEqual(order, ["a", "after a", "b", "after b", "c", "after c"]);
}

test("each item has a task of the event loop, in order, and none runs at once", async () => {
  const controller = new AbortController();
  const runTasks = createTasks(controller.signal);
  let isLater = false;
  const done = runTasks([1], () => assert.equal(isLater, true));
  isLater = true;
  await done;
  await checkTasks(runTasks);
  await checkTasks(runTasks);
  controller.abort();
});

test("an abort ends it, and what has not run does not", async () => {
  const controller = new AbortController();
  const runTasks = createTasks(controller.signal);
  const seen: number[] = [];
  await runTasks([1, 2, 3], (item) => {
    seen.push(item);
    if (item === 2) controller.abort();
  });
  await runTasks([4], (item) => seen.push(item));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(seen, [1, 2]);
});

test("an abort from outside resolves at once", async () => {
  const controller = new AbortController();
  const done = createTasks(controller.signal)([1], () => assert.fail("run"));
  controller.abort();
  await done;
});

test("where there is no setImmediate, as in a browser, messages do it", async (t) => {
  if ("Deno" in globalThis) return t.skip("Deno runs promise jobs and messages in one task");
  const before = globalThis.setImmediate;
  const controller = new AbortController();
  const runTasks = createTasks(controller.signal);
  Object.defineProperty(globalThis, "setImmediate", { value: undefined, configurable: true, writable: true });
  const first = runTasks([1], () => undefined);
  Object.defineProperty(globalThis, "setImmediate", { value: before, configurable: true, writable: true });
  await first;
  await checkTasks(runTasks);
  const seen: number[] = [];
  await runTasks([1, 2], (item) => {
    seen.push(item);
    controller.abort();
  });
  await runTasks([3], (item) => seen.push(item));
  assert.deepEqual(seen, [1]);
});
