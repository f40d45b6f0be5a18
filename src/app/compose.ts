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
  onLate?: (error: unknown, context: Context) => void,
): (context: Context, next?: Next) => Promise<void> {
  const steps = middleware.map((step) => toFunction(checkMiddleware(step)));
  return async (context, next) => {
    let reached = -1;
    let over = false;
    function runRest(index: number): Promise<void> {
      const rest = run(index);
      rest.catch((error) => {
        if (over) onLate?.(error, context);
      });
      return rest;
    }
    async function run(index: number): Promise<void> {
      if (index <= reached) throw new Error("next() called multiple times.");
      reached = index;
      const step = steps[index];
      if (step !== undefined) await step(context, () => runRest(index + 1));
      else await next?.();
    }
    try {
      await run(0);
    } finally {
      over = true;
    }
  };
}

/** Gives `value` back when it is a middleware of either kind; throws a `TypeError` when it is not. */
export function checkMiddleware<Value>(value: Value): Value {
  if (typeof value === "function" || isMiddlewareObject(value)) return value;
  throw new TypeError(`Cannot use ${quote(value)} as middleware: neither a function nor a middleware object`);
}

function toFunction<Context>(middleware: MiddlewareOrMiddlewareObject<Context>): MiddlewareFunction<Context> {
  if (typeof middleware === "function") return middleware;
  return (context, next) => middleware.handleRequest(context, next);
}

function quote(value: unknown): string {
  return typeof value === "object" && value !== null ? "an object" : (JSON.stringify(value) ?? String(value));
}
