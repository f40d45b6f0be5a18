/**
 * What an application has counted, as plain data.
 *
 * @module
 */

import type { CloseReason } from "../sse/stream-close-error.ts";

/**
 * Why a reader was turned away:
 *
 * - `full`: there were as many streams as there may be;
 * - `shutdown`: the application was about to end;
 * - `application`: it was told to come back by `ctx.refuseEvents`;
 * - `gone`: it was told not to come back, by the same.
 */
export type RefusalReason = "full" | "shutdown" | "application" | "gone";

/** The counters of an application since it was made, and its state now; of all its listeners together. */
export interface ApplicationMetrics {
  readonly requests: {
    /** Requests under way. */
    readonly active: number;
    /** Requests that are through. */
    readonly handled: number;
  };
  readonly streams: {
    /** Event streams that are open. */
    readonly open: number;
    /** Event streams ever opened; those refused are not among them. */
    readonly accepted: number;
    /** Readers that were turned away, by the reason. */
    readonly refused: Readonly<Record<RefusalReason, number>>;
    /** Event streams that have ended, by the reason. */
    readonly closed: Readonly<Partial<Record<CloseReason, number>>>;
    /** Bytes of all event streams handed to their transports. */
    readonly sentBytes: number;
  };
  readonly sockets: {
    /** WebSockets that are open. */
    readonly open: number;
  };
}

/** Counts the event streams of an application. */
export class StreamCounters {
  open = 0;
  accepted = 0;
  /** Of those that have ended. */
  sentBytes = 0;
  readonly refused: Record<RefusalReason, number> = { full: 0, shutdown: 0, application: 0, gone: 0 };
  readonly closed: Partial<Record<CloseReason, number>> = {};

  /** One was opened. */
  countOpen(): void {
    this.open++;
    this.accepted++;
  }

  /** A reader was turned away. */
  countRefused(reason: RefusalReason): void {
    this.refused[reason]++;
  }

  /** One has ended, which had sent so many bytes. */
  countClosed(reason: CloseReason, sentBytes: number): void {
    this.open--;
    this.sentBytes += sentBytes;
    this.closed[reason] = (this.closed[reason] ?? 0) + 1;
  }
}
