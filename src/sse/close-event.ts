/**
 * The web's `CloseEvent`, also on runtimes that have none of their own (Node before 23).
 *
 * @module
 */

/** An event that says why a connection ended. */
export type CloseEvent = globalThis.CloseEvent;

/**
 * The runtime's `CloseEvent`, or an equal one where it lacks it. Dispatched on a target it closes the target.
 *
 * @see HTML Standard, section "The CloseEvent interface" (WebSockets)
 */
export const CloseEvent: typeof globalThis.CloseEvent =
  globalThis.CloseEvent ??
  class CloseEvent extends Event implements globalThis.CloseEvent {
    readonly code: number;
    readonly reason: string;
    readonly wasClean: boolean;

    constructor(type: string, init: CloseEventInit = {}) {
      super(type, init);
      this.code = init.code ?? 0;
      this.reason = init.reason ?? "";
      this.wasClean = init.wasClean ?? false;
    }
  };
