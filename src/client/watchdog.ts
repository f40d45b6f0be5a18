/**
 * Notices a stream that has fallen silent: a connection can be dead without anybody having said so.
 *
 * @module
 */
import type { ReadHooks } from "./read-events.ts";
import type { ClientClock } from "./system-clock.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** No limit that was learned is shorter. */
const LEAST_LIMIT_MS = 45_000;
/** A comment is a heartbeat if nothing came for so long before it; those that open a stream are none. */
const LEAST_SILENCE_MS = 1000;

/** Hears of a stream's chunks and comments. */
export interface Watchdog extends ReadHooks {
  /** Whether a chunk is waited for, and the limit is over: timers stand still in a page that sleeps. */
  isOverdue(): boolean;
  /** Waits no more. */
  rest(): void;
}

/**
 * Creates what measures the silences of one stream after another, and calls `onSilence` for one over the limit.
 *
 * With `"auto"` it learns the limit: once a heartbeat was heard, that is three times the longest silence so far,
 * and 45 seconds at least. A server that sends no heartbeat is left in peace, and a limit that was passed counts as
 * a silence that the server is capable of: if it was too short, the next is longer.
 */
export function createWatchdog(
  limitMs: number | "auto" = NEVER,
  clock: ClientClock,
  onSilence: () => void,
): Watchdog {
  let longestMs = 0;
  let silenceMs = 0;
  let hasBeat = false;
  let since = 0;
  let deadline = NEVER;
  let cancel: (() => void) | undefined;
  const rest = () => {
    cancel?.();
    deadline = NEVER;
  };
  return {
    rest,
    isOverdue: () => clock.now() >= deadline,
    onWait() {
      const learnedMs = hasBeat ? Math.max(LEAST_LIMIT_MS, 3 * longestMs) : NEVER;
      const ms = limitMs === "auto" ? learnedMs : limitMs;
      since = clock.now();
      deadline = since + ms;
      if (ms === NEVER) return;
      cancel = clock.after(ms, () => {
        longestMs = ms;
        onSilence();
      });
    },
    onChunk() {
      silenceMs = clock.now() - since;
      longestMs = Math.max(longestMs, silenceMs);
      rest();
    },
    onComment() {
      hasBeat ||= silenceMs >= LEAST_SILENCE_MS;
    },
  };
}
