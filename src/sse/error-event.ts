/**
 * The web's `ErrorEvent`, also on runtimes that have none of their own (Node).
 *
 * @module
 */

/** An event that carries an error. */
export type ErrorEvent = globalThis.ErrorEvent;

/**
 * The runtime's `ErrorEvent`, or an equal one where it lacks it. Dispatched on a target it closes the target
 * with `error` as the cause.
 *
 * @see HTML Standard, section "The ErrorEvent interface"
 */
export const ErrorEvent: typeof globalThis.ErrorEvent =
  globalThis.ErrorEvent ??
  class ErrorEvent extends Event implements globalThis.ErrorEvent {
    readonly message: string;
    readonly filename: string;
    readonly lineno: number;
    readonly colno: number;
    // biome-ignore lint/suspicious/noExplicitAny: the platform's own type
    readonly error: any;

    constructor(type: string, init: ErrorEventInit = {}) {
      super(type, init);
      this.message = init.message ?? "";
      this.filename = init.filename ?? "";
      this.lineno = init.lineno ?? 0;
      this.colno = init.colno ?? 0;
      this.error = init.error;
    }
  };
