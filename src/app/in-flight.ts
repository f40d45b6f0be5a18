/**
 * What a listener has under way, so that it can be ended cleanly.
 *
 * @module
 */

import type { ServerSentEventStreamTarget } from "../sse/event-stream-target.ts";

/** The requests and the event streams of one listener. */
export class InFlight {
  readonly #streams = new Set<ServerSentEventStreamTarget>();
  /** Takes a stream off the list: the one function for all of them. */
  readonly forget: (target: ServerSentEventStreamTarget) => void = (target) => {
    this.#streams.delete(target);
  };
  #requests = 0;
  #draining = false;
  #idle: (() => void) | undefined;

  /** How many requests are being handled. */
  get requests(): number {
    return this.#requests;
  }

  /** How many event streams are open. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Counts a request while `work` goes on; rejects as it does. */
  async request(work: Promise<void>): Promise<void> {
    this.#requests++;
    try {
      await work;
    } finally {
      this.#requests--;
      if (this.#requests === 0) this.#idle?.();
    }
  }

  /** Counts a stream until it calls `forget`. One that opens while all end is ended too. */
  stream(target: ServerSentEventStreamTarget): void {
    if (target.closed) return;
    this.#streams.add(target);
    if (this.#draining) void target.close("shutdown");
  }

  /** Ends the streams, and resolves once they and all requests are through. */
  async drain(): Promise<void> {
    this.#draining = true;
    await Promise.all(Array.from(this.#streams, (target) => target.close("shutdown")));
    if (this.#requests === 0) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }
}
