/**
 * Makes one middleware of many.
 *
 * @module
 */

/** Runs the rest of the chain; resolves when it is through. */
export type Next = () => Promise<unknown>;

/** A step of the chain: does its part, and calls `next` for what comes after it, or doesn't. */
export type MiddlewareFunction<Context> = (context: Context, next: Next) => unknown;

/** A middleware that is an object. */
export interface MiddlewareObject<Context> {
  /** Called and awaited once, before the first request. */
  init?(): unknown;
  handleRequest(context: Context, next: Next): unknown;
}

/** Either kind of middleware. */
export type MiddlewareOrMiddlewareObject<Context> = MiddlewareFunction<Context> | MiddlewareObject<Context>;

/** A step that is also given what is `carried` through one run of the chain. */
export type CarryingStep<Context, Carried> = (context: Context, next: Next, carried: Carried) => unknown;

/** Told of an error that nobody is left to catch. */
export type LateErrorListener<Context> = (error: unknown, context: Context) => void;

/** Whether `value` is a middleware that is an object. */
export function isMiddlewareObject<Context>(value: unknown): value is MiddlewareObject<Context> {
  return typeof value === "object" && value !== null && "handleRequest" in value;
}

/**
 * Composes `middleware` into one that runs them from the first to the last, each inside the `next` of the one
 * before it, and ends in its own `next`.
 *
 * A `next` called a second time rejects; so does everything that a middleware throws. What is thrown behind a
 * `next` that nobody awaited, when the chain is over, goes to `onLate`: there is nobody left to catch it.
 */
export function compose<Context>(
  middleware: readonly MiddlewareOrMiddlewareObject<Context>[],
  onLate?: LateErrorListener<Context>,
): (context: Context, next?: Next) => Promise<void> {
  const chain = composeSteps(middleware.map(toFunction), onLate);
  return (context, next) => chain(context, next, undefined);
}

/** Composes `steps` as {@linkcode compose} does; each run hands what it carries to every step. */
export function composeSteps<Context, Carried>(
  steps: readonly CarryingStep<Context, Carried>[],
  onLate?: LateErrorListener<Context>,
): (context: Context, next: Next | undefined, carried: Carried) => Promise<void> {
  return (context, next, carried) => new ChainRun(steps, context, next, carried, onLate).start();
}

/** Gives `value` back when it is a middleware of either kind; throws a `TypeError` when it is not. */
export function checkMiddleware<Value>(value: Value): Value {
  if (typeof value === "function" || isMiddlewareObject(value)) return value;
  throw new TypeError(`Cannot use ${quote(value)} as middleware: neither a function nor a middleware object`);
}

/** Gives a middleware of either kind as a function; throws a `TypeError` for what is none. */
export function toFunction<Context>(
  middleware: MiddlewareOrMiddlewareObject<Context>,
): MiddlewareFunction<Context> {
  checkMiddleware(middleware);
  if (typeof middleware === "function") return middleware;
  return (context, next) => middleware.handleRequest(context, next);
}

/** What a chain gives that was done at once: one for all, so that it costs no promise, and need not be awaited. */
export const DONE: Promise<void> = Promise.resolve();
/** What a race with a chain that goes on comes out with. */
const PENDING: unique symbol = Symbol("pending");

/** One request on its way through a chain. */
class ChainRun<Context, Carried> {
  readonly #steps: readonly CarryingStep<Context, Carried>[];
  readonly #context: Context;
  readonly #next: Next | undefined;
  readonly #carried: Carried;
  readonly #onLate: LateErrorListener<Context> | undefined;
  #reached = -1;
  #whole: Promise<void> = DONE;
  #told: Set<unknown> | undefined;

  constructor(
    steps: readonly CarryingStep<Context, Carried>[],
    context: Context,
    next: Next | undefined,
    carried: Carried,
    onLate: LateErrorListener<Context> | undefined,
  ) {
    this.#steps = steps;
    this.#context = context;
    this.#next = next;
    this.#carried = carried;
    this.#onLate = onLate;
  }

  start(): Promise<void> {
    this.#whole = this.#run(0);
    return this.#whole;
  }

  #run(index: number): Promise<void> {
    if (index <= this.#reached) return Promise.reject(new Error("next() called multiple times."));
    this.#reached = index;
    const step = this.#steps[index];
    try {
      if (step === undefined) return toPromise(this.#next?.());
      return toPromise(step(this.#context, () => this.#runRest(index + 1), this.#carried));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #runRest(index: number): Promise<void> {
    const rest = this.#run(index);
    // Whether somebody awaits it can't be known, and a rejection that nobody handles would end the process.
    if (rest !== DONE) rest.then(undefined, (error) => this.#tellIfLate(error));
    return rest;
  }

  /** Tells of `error`, once, when the chain is over and did not end with it. */
  async #tellIfLate(error: unknown): Promise<void> {
    const over = await Promise.race([this.#whole, Promise.resolve(PENDING)]).then(
      (outcome) => outcome !== PENDING,
      (reason) => reason !== error,
    );
    if (!over || this.#told?.has(error)) return;
    this.#told ??= new Set();
    this.#told.add(error);
    this.#onLate?.(error, this.#context);
  }
}

function toPromise(result: unknown): Promise<void> {
  if (result instanceof Promise) return result;
  return isThenable(result) ? Promise.resolve(result) : DONE;
}

function isThenable(value: unknown): value is PromiseLike<void> {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return false;
  return "then" in value && typeof value.then === "function";
}

function quote(value: unknown): string {
  return typeof value === "object" && value !== null ? "an object" : (JSON.stringify(value) ?? String(value));
}
