import assert from "node:assert/strict";
import { test } from "node:test";
import { createTasks } from "../../src/client/task-queue.ts";

/** Counts the promise jobs that run before a task. */
async function jobsBefore(task: Promise<void>): Promise<number> {
  let jobs = 0;
  let isOver = false;
  void task.then(() => {
    isOver = true;
  });
  while (!isOver && jobs < 500) {
    jobs++;
    await null;
  }
  return jobs;
}

test("each task is one of the event loop: all promise jobs run before it", async () => {
  const controller = new AbortController();
  const nextTask = createTasks(controller.signal);
  for (let times = 0; times < 3; times++) {
    const task = nextTask();
    assert.equal(await jobsBefore(task), 500);
    await task;
  }
  controller.abort();
});

test("an abort lets a task that is waited for go on, and all after it", async () => {
  const controller = new AbortController();
  const nextTask = createTasks(controller.signal);
  const task = nextTask();
  controller.abort();
  await task;
  assert.ok((await jobsBefore(nextTask())) < 10);
});

test("where there is no setImmediate, as in a browser, messages do it", async (t) => {
  if ("Deno" in globalThis) return t.skip("Deno runs promise jobs and messages in one task");
  const before = globalThis.setImmediate;
  const controller = new AbortController();
  const nextTask = createTasks(controller.signal);
  Object.defineProperty(globalThis, "setImmediate", { value: undefined, configurable: true, writable: true });
  const task = nextTask();
  Object.defineProperty(globalThis, "setImmediate", { value: before, configurable: true, writable: true });
  assert.equal(await jobsBefore(task), 500);
  await task;
  await nextTask();
  controller.abort();
});
