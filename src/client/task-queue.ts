/**
 * Gives each event a task of its own, as the standard asks: what one listener's promises set off goes on before the
 * next event comes.
 *
 * @module
 */

/**
 * Creates a function that resolves in a new task of the event loop, or when `signal` aborts; call it again only after
 * that.
 */
export function createTasks(signal: AbortSignal): () => Promise<void> {
  let run = () => {};
  let post: (() => void) | undefined;
  signal.addEventListener("abort", () => run());
  return () =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      run = resolve;
      post ??= createPost(() => run(), signal);
      post();
    });
}

/** A timer would take a millisecond and more, where these take two microseconds. */
function createPost(run: () => void, signal: AbortSignal): () => void {
  // Where it exists, messages hold the process alive, or come without a task of their own.
  if (typeof setImmediate === "function") return () => setImmediate(run);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = run;
  signal.addEventListener("abort", () => port1.close());
  return () => port2.postMessage(0);
}
