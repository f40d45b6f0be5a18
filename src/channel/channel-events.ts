/**
 * What a channel tells its own process: who comes, who goes, and what went wrong.
 *
 * @module
 */

import type { ErrorEvent } from "../sse/error-event.ts";
import type { SubscriptionEnd } from "./channel-metrics.ts";
import type { Subscription } from "./subscription.ts";

/** A subscription was made (`subscribe`) or has ended (`unsubscribe`). */
export class SubscriptionEvent extends Event {
  declare readonly type: "subscribe" | "unsubscribe";
  readonly subscription: Subscription;
  /** Why it ended; `undefined` for one that was made. */
  readonly reason: SubscriptionEnd | undefined;

  constructor(type: "subscribe" | "unsubscribe", subscription: Subscription, reason?: SubscriptionEnd) {
    super(type);
    this.subscription = subscription;
    this.reason = reason;
  }
}

/** The events of a channel, by type; `error` is for what a filter, a snapshot or a lease of the application threw. */
export interface ChannelEventMap {
  subscribe: SubscriptionEvent;
  unsubscribe: SubscriptionEvent;
  error: ErrorEvent;
}
