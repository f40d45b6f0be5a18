/**
 * Ends many event streams so that their readers don't come back all at once.
 *
 * @module
 */

import { type Clock, systemClock } from "../sse/clock.ts";
import type { ServerSentEventStreamTarget } from "../sse/event-stream-target.ts";

/** How much of the window a stream takes, in milliseconds. */
const PER_STREAM_MS = 1;
/** The pause between two closes of some streams at once. */
const STEP_MS = 20;

/**
 * Closes `targets` with the reason `shutdown`, each with a random `retry` of its own, and resolves when all are
 * through.
 *
 * It begins when the present turn is over, so that what was published in it still leaves. A few streams then end at
 * once; more of them one after another, a thousand in a second, but all within `windowMs`.
 */
export async function drainStreams(
  targets: Iterable<ServerSentEventStreamTarget>,
  windowMs: number,
  clock: Clock = systemClock,
): Promise<void> {
  const waiting = [...targets];
  const spreadMs = Math.min(windowMs, waiting.length * PER_STREAM_MS);
  const ends: Promise<void>[] = [];
  await pause(clock, 0);
  const begin = clock.now();
  while (ends.length < waiting.length) {
    const part = spreadMs <= STEP_MS ? 1 : (clock.now() - begin + STEP_MS) / spreadMs;
    for (const target of waiting.slice(ends.length, Math.ceil(part * waiting.length))) {
      ends.push(target.closeForNow(undefined, "shutdown"));
    }
    if (ends.length < waiting.length) await pause(clock, STEP_MS);
  }
  await Promise.all(ends);
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
