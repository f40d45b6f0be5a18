/**
 * What a channel has counted, as plain data.
 *
 * @module
 */

import type { CloseReason } from "../sse/stream-close-error.ts";
import type { ResumeOutcome } from "./resume.ts";

/** Why a subscription ended: as its stream did, or `unsubscribed` when its own `close` ended it. */
export type SubscriptionEnd = CloseReason | "unsubscribed";

/** The counters of a channel since it was made, and its state now. */
export interface ChannelMetrics {
  readonly channel: string;
  /** Subscriptions that are open. */
  readonly subscriptions: number;
  /** Subscriptions ever made. */
  readonly subscribed: number;
  /** Ended subscriptions, by the reason. */
  readonly ended: Readonly<Partial<Record<SubscriptionEnd, number>>>;
  /** How readers came: at their connection, and each time they lost something later. */
  readonly outcomes: Readonly<Record<ResumeOutcome, number>>;
  /** Events published here. */
  readonly published: number;
  /** Events refused by their schema, the gate or the log. */
  readonly refused: number;
  /** Events sent to readers, each counted for every reader. */
  readonly delivered: number;
  /** Bytes sent to readers. */
  readonly deliveredBytes: number;
  /** The most events that any reader ever was behind. */
  readonly maxLag: number;
  /** What stands in memory. */
  readonly log: { readonly events: number; readonly bytes: number };
  /** How the broker is. */
  readonly broker: {
    readonly connected: boolean;
    /** Events, of all its channels, that wait to be appended. */
    readonly pending: number;
    /** How far the newest event that was heard of is ahead of what stands in memory, in offsets. */
    readonly lag: number;
    /** How often something failed that nobody waited for. */
    readonly errors: number;
    /** What failed last, if anything ever did. */
    readonly lastError: unknown;
  };
}

/** Counts. */
export class ChannelCounters {
  subscribed = 0;
  published = 0;
  refused = 0;
  delivered = 0;
  deliveredBytes = 0;
  maxLag = 0;
  readonly ended: Partial<Record<SubscriptionEnd, number>> = {};
  readonly outcomes: Record<ResumeOutcome, number> = { new: 0, resumed: 0, gap: 0, reset: 0 };

  /** One subscription ended. */
  countEnd(reason: SubscriptionEnd): void {
    this.ended[reason] = (this.ended[reason] ?? 0) + 1;
  }
}
