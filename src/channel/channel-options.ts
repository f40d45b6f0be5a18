/**
 * What may be said of a channel when it is made, and what holds when nothing is said.
 *
 * @module
 */

import { type Key, KeyStack, type KeyStackLike } from "../http/key-stack.ts";
import { type Clock, systemClock } from "../sse/clock.ts";
import { checkEventType, checkRetry } from "../wire/frame.ts";
import type { Broker } from "./broker.ts";
import type { ChannelSettings, SlowPolicy } from "./channel-core.ts";
import type { LogLimits } from "./event-log.ts";
import type { StandardSchema } from "./event-schema.ts";
import type { Authorize } from "./lease.ts";
import { PositionProofs } from "./position-proofs.ts";

/** How a channel behaves; each option has a default that serves. */
export interface ChannelOptions<Events, ReaderContext> {
  /** Where the log lives. @default in this process, for this channel alone */
  broker?: Broker;
  /** How much of the log stands in memory. @default 10000 events, 8 MiB, 10 minutes */
  history?: Partial<LogLimits>;
  /**
   * What is done for a reader who was so slow that the log dropped what it still needed:
   *
   * - `gap`: it is told what was lost, gets the snapshot if there is one, and goes on from the oldest event kept;
   * - `latest`: it is told, and goes on with what is published from then on;
   * - `close`: its stream ends, and it is to come back after a short random time.
   *
   * @default "gap"
   */
  slowReaders?: SlowPolicy;
  /** Checks the data of an event when it is published, by its type. What the schema gives is what is sent. */
  schemas?: { readonly [Type in keyof Events]?: StandardSchema<Events[Type]> };
  /** Says who may read. Called with the `context` of each subscription. */
  authorize?: Authorize<ReaderContext>;
  /** Signs the ids that readers get, so that none can name a place that it may not read from: the newest key first. */
  keys?: KeyStackLike | Key[];
  /** The types of the events that tell a reader of a loss. @default "gap" and "reset" */
  noticeTypes?: { readonly gap?: string; readonly reset?: string };
  /** A reader who is to come back does so after a random time between the two, in milliseconds. @default [500, 3000] */
  retryMs?: readonly [least: number, most: number];
  /** How often leases are looked at, in milliseconds. @default 15000 */
  leaseCheckMs?: number;
  /** @default the system's */
  clock?: Clock;
  /** Gives numbers from 0 up to 1, without it. @default Math.random */
  random?: () => number;
}

const DEFAULT_LIMITS: LogLimits = { events: 10_000, bytes: 8 * 1024 * 1024, ageMs: 600_000 };
const DEFAULT_RETRY_MS = [500, 3000] as const;
const DEFAULT_LEASE_CHECK_MS = 15_000;
const MAX_NAME_LENGTH = 256;

/**
 * Decides everything about a channel.
 *
 * Throws a `TypeError` for a name that is no string of 1 to 256 characters, an unknown policy, a notice type that no event can
 * have, and no keys; a `RangeError` for a limit or a time out of bounds.
 */
export function readChannelOptions<Events, ReaderContext>(
  name: string,
  options: ChannelOptions<Events, ReaderContext>,
): ChannelSettings {
  if (typeof name !== "string" || name === "" || name.length > MAX_NAME_LENGTH) {
    throw new TypeError(
      `Cannot make a channel of the name ${JSON.stringify(name)}: not 1 to ${MAX_NAME_LENGTH} characters`,
    );
  }
  const { slowReaders = "gap", keys, retryMs = DEFAULT_RETRY_MS } = options;
  const { gap = "gap", reset = "reset" } = options.noticeTypes ?? {};
  if (!["gap", "latest", "close"].includes(slowReaders)) {
    throw new TypeError(
      `Cannot make a channel with slowReaders ${JSON.stringify(slowReaders)}: not gap, latest or close`,
    );
  }
  const [least, most] = retryMs.map(checkRetry) as [number, number];
  if (least > most)
    throw new RangeError(
      `Cannot make a channel with retryMs ${least} to ${most}: the least is above the most`,
    );
  const stack = Array.isArray(keys) ? new KeyStack(keys) : keys;
  return {
    name,
    limits: readLimits(options.history),
    slowReaders,
    noticeTypes: { gap: checkEventType(gap), reset: checkEventType(reset) },
    retryMs: [least, most],
    leaseCheckMs: positive("leaseCheckMs", options.leaseCheckMs ?? DEFAULT_LEASE_CHECK_MS),
    proofs: stack === undefined ? undefined : new PositionProofs(stack),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  };
}

function readLimits(history: Partial<LogLimits> = {}): LogLimits {
  const { events, bytes, ageMs } = { ...DEFAULT_LIMITS, ...history };
  if (!Number.isSafeInteger(events)) {
    throw new RangeError(`Cannot bound a log by events ${events}: not a whole number`);
  }
  return {
    events: positive("events", events),
    bytes: positive("bytes", bytes),
    ageMs: positive("ageMs", ageMs),
  };
}

function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw new RangeError(`Cannot make a channel with ${name} ${value}: not a positive number`);
}
