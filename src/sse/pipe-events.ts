/**
 * Pipes what a source yields into a target, at the reader's pace.
 *
 * @module
 */

/** What can be piped: the values of a generator, of a stream or of a list. */
export type EventSourceLike<Value> = AsyncIterable<Value> | Iterable<Value> | ReadableStream<Value>;

/** What {@linkcode pipeEvents} needs of the target. */
export interface PipeTarget {
  /** Aborted when the target closes. */
  readonly signal: AbortSignal;
  /** Resolves when more may be sent. */
  readonly ready: Promise<void>;
}

/**
 * Sends each value of `source`, in order, and waits for `target.ready` between two.
 *
 * Resolves with `true` when the source has ended, with `false` when the target closed before that; the source
 * is then stopped at once (a stream is cancelled, an iterator returned from). Rejects with what the source or
 * `send` throws, the source stopped likewise; the target stays open.
 */
export async function pipeEvents<Value>(
  source: EventSourceLike<Value>,
  target: PipeTarget,
  send: (value: Value) => void,
): Promise<boolean> {
  const { signal } = target;
  const iterator = iterate(source);
  let leave!: () => void;
  const left = new Promise<false>((resolve) => {
    leave = () => resolve(false);
  });
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  let ended = false;
  try {
    ended = await Promise.race([left, pump(iterator, target, send)]);
    return ended;
  } finally {
    signal.removeEventListener("abort", leave);
    if (!ended) stop(iterator, signal.reason);
  }
}

async function pump<Value>(
  iterator: SourceIterator<Value>,
  target: PipeTarget,
  send: (value: Value) => void,
): Promise<boolean> {
  while (!target.signal.aborted) {
    const { done, value } = await iterator.next();
    if (done === true) return true;
    if (target.signal.aborted) break;
    send(value as Value);
    await target.ready;
  }
  return false;
}

interface Step<Value> {
  done?: boolean | undefined;
  value?: Value | undefined;
}

interface SourceIterator<Value> {
  next(): Promise<Step<Value>> | Step<Value>;
  return?(reason?: unknown): unknown;
}

function iterate<Value>(source: EventSourceLike<Value>): SourceIterator<Value> {
  if ("getReader" in source) {
    // Unlike the stream's own iterator, a reader can be cancelled while a read is waiting.
    const reader = source.getReader();
    return { next: () => reader.read(), return: (reason) => reader.cancel(reason) };
  }
  if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  if (Symbol.iterator in source) return source[Symbol.iterator]();
  throw new TypeError(`Cannot stream a ${typeof source}: it is neither iterable nor a ReadableStream`);
}

/** Not awaited: a generator stuck in an `await` of its own would answer only after it. */
function stop<Value>(iterator: SourceIterator<Value>, reason: unknown): void {
  const ignore = () => {
    // Whoever stops a source has no more use for its errors.
  };
  try {
    Promise.resolve(iterator.return?.(reason)).catch(ignore);
  } catch {
    ignore();
  }
}
