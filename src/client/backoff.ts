/**
 * How long to wait before the next attempt.
 *
 * @module
 */
import type { EventSourceError } from "./client-error.ts";
import { isPageHidden } from "./page-lifecycle.ts";

/** When to try again, and after what. Without one, only what the standard asks is tried again. */
export interface RetryPolicy {
  /**
   * The statuses that are worth another attempt; any other than 200 closes the source.
   *
   * @default [408, 425, 429, 500, 502, 503, 504]
   */
  readonly statuses?: readonly number[] | undefined;
  /**
   * The most that is added to the reconnection time, in milliseconds.
   *
   * @default 30000
   */
  readonly maxDelayMs?: number | undefined;
  /** Gives a number from 0 to 1, without 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** Timers take a longer wait as none at all. */
export const MAX_DELAY_MS: number = 2 ** 31 - 1;

/** Whether the standard, or the policy, sees a use in another attempt. */
export function isWorthAnother({ code, status }: EventSourceError, retry?: RetryPolicy): boolean {
  if (code !== "status") return code !== "content-type" && code !== "too-long";
  return !!retry && (retry.statuses ?? [408, 425, 429, 500, 502, 503, 504]).includes(status);
}

/**
 * Gives the milliseconds to wait at least, and those to wait if nothing cuts the wait short.
 *
 * At least: the reconnection time, or what `Retry-After` says if that is more. On top, with a policy or after
 * attempts that brought nothing, `failures` of them in a row, comes a random part of a bound that doubles with each
 * ("full jitter"), so that readers who left together do not return together.
 *
 * @see WHATWG HTML 9.2.3, "reestablish the connection": wait the reconnection time, and optionally some more
 */
export function delaysOf(
  reconnectionTime: number,
  failures: number,
  { code, response }: EventSourceError,
  retry?: RetryPolicy,
): [leastMs: number, delayMs: number] {
  // There is nothing to spare a server: it is the page that was away.
  if (code === "offline") return [0, 0];
  // It may have been seen again meanwhile.
  if (code === "hidden") return [0, isPageHidden() ? MAX_DELAY_MS : 0];
  const leastMs = Math.min(MAX_DELAY_MS, Math.max(reconnectionTime, retryAfterMs(response)));
  const boundMs = Math.min(retry?.maxDelayMs ?? 30_000, Math.max(reconnectionTime, 1000) * 2 ** failures);
  const jitter = retry || failures > 0 ? (retry?.random ?? Math.random)() : 0;
  return [leastMs, Math.min(MAX_DELAY_MS, leastMs + jitter * boundMs)];
}

/** A date counts by the server's own clock, which stands in `Date`; without that it counts as nothing. */
function retryAfterMs(response: Response | undefined): number {
  const field = (name: string) => response?.headers.get(name) ?? "";
  const after = field("retry-after");
  return (/^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.parse(field("date"))) || 0;
}
