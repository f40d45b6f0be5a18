/**
 * Gives each event a task of its own, as the standard asks: what one listener's promises set off goes on before the
 * next event comes.
 *
 * @module
 */

/** Runs `work` for each item, and resolves after the last. */
export type RunTasks = <Item>(items: readonly Item[], work: (item: Item) => void) => Promise<void>;

/**
 * Creates a function that runs work in new tasks of the event loop, one for each item, in order. When `signal` aborts
 * it resolves, and what has not run does not. Call it again only when it has resolved.
 */
export function createTasks(signal: AbortSignal): RunTasks {
  let run = () => {};
  let post: (() => void) | undefined;
  let isOver = signal.aborted;
  signal.addEventListener("abort", () => {
    isOver = true;
    run();
  });
  return (items, work) =>
    new Promise((resolve) => {
      let next = 0;
      run = () => {
        const item = items[next++];
        if (isOver || item === undefined) return resolve();
        work(item);
        if (next === items.length) resolve();
      };
      post ??= createPost(() => run(), signal);
      // All at once, which costs the event loop less than one after the other.
      for (const _ of items) post();
    });
}

/** A timer would take a millisecond and more, where these take a microsecond or two. */
function createPost(run: () => void, signal: AbortSignal): () => void {
  // Where it exists, messages hold the process alive, or come without a task of their own.
  if (typeof setImmediate === "function") return () => setImmediate(run);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = run;
  signal.addEventListener("abort", () => port1.close());
  return () => port2.postMessage(0);
}
