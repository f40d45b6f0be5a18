/**
 * Bounds what waits to be appended to a log that lives elsewhere: how much, and for how long.
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";

/** How much may wait. */
export interface PendingLimits {
  readonly maxPending: number;
  readonly maxPendingBytes: number;
  readonly publishTimeoutMs: number;
  readonly clock: Clock;
}

/** Counts what waits. */
export class PendingAppends {
  readonly #server: string;
  readonly #limits: PendingLimits;
  #count = 0;
  #bytes = 0;
  #closed = false;

  /** `server` is what errors call it. */
  constructor(server: string, limits: PendingLimits) {
    this.#server = server;
    this.#limits = limits;
  }

  /** How many wait. What was given up counts until it is settled. */
  get count(): number {
    return this.#count;
  }

  /**
   * Appends an event of so many bytes. Rejects with an `Error` when too much waits already, when it takes too long, and once
   * it is closed. What took too long may be appended later nonetheless: who publishes it again, with the same
   * idempotency key, does not double it.
   */
  async run<Result>(bytes: number, append: () => Promise<Result>): Promise<Result> {
    const { maxPending, maxPendingBytes } = this.#limits;
    if (this.#closed) throw new Error("Cannot append to the log: its broker is closed");
    if (this.#count >= maxPending || this.#bytes + bytes > maxPendingBytes) {
      throw new Error(`Cannot append to the log: ${this.#count} events wait for ${this.#server} already`);
    }
    this.#count++;
    this.#bytes += bytes;
    return this.#inTime(
      append().finally(() => {
        this.#count--;
        this.#bytes -= bytes;
      }),
    );
  }

  /** Refuses what comes from now on. */
  close(): void {
    this.#closed = true;
  }

  #inTime<Result>(appended: Promise<Result>): Promise<Result> {
    const { publishTimeoutMs, clock } = this.#limits;
    return new Promise((resolve, reject) => {
      const cancel = clock.after(publishTimeoutMs, () => {
        const reason = `${this.#server} has not answered within ${publishTimeoutMs} ms`;
        reject(new Error(`Cannot append to the log: ${reason}`));
      });
      appended.then(resolve, reject).finally(cancel);
    });
  }
}
