/**
 * A stream over as many connections as it takes: the loop of attempts and waits below every face of the client.
 *
 * @module
 */
import { delaysOf, isWorthAnother, MAX_DELAY_MS } from "./backoff.ts";
import { EventSourceError, type EventSourceErrorCode } from "./client-error.ts";
import { openConnection } from "./connection.ts";
import { isPageHidden, watchPage } from "./page-lifecycle.ts";
import { type ReadHooks, readEvents } from "./read-events.ts";
import type { StreamItem, StreamState } from "./stream-state.ts";
import { createWatchdog } from "./watchdog.ts";

/**
 * Follows a stream until it is closed or a connection fails for good, which is then the last item; the caller closes
 * the stream after that.
 *
 * Gives what each chunk brought, and reads no other while the caller is at it, so that a slow reader holds the server
 * back. The caller hands each item that it takes to `advance`: the next attempt goes on after it.
 */
export async function* follow(stream: StreamState): AsyncGenerator<StreamItem[], void, void> {
  const { init, signal, clock } = stream;
  const { retry } = init;
  let failures = 0;
  /** Ends the attempt that is under way; without a code, because the stream is closed. */
  let end: (code?: EventSourceErrorCode) => void = () => undefined;
  /** Ends the wait that is under way, as early as it may. */
  let hurry = () => {};
  const watchdog = createWatchdog(init.inactivityTimeoutMs, clock, () => end("inactive"));
  const isPaused = () => init.pauseWhenHidden && isPageHidden();
  watchPage(signal, (isBack) => {
    if (isBack) end("offline");
    else if (isPaused()) end("hidden");
    else if (watchdog.isOverdue()) end("inactive");
    if (!isPageHidden()) hurry();
  });
  const hooks: ReadHooks = {
    ...watchdog,
    onChunk() {
      failures = 0;
      watchdog.onChunk?.();
    },
  };
  signal.addEventListener("abort", () => {
    end();
    hurry();
  });

  while (!signal.aborted) {
    const attempt = new AbortController();
    end = (code) => attempt.abort(code && new EventSourceError(code));
    if (isPaused()) end("hidden");
    const error = yield* connect(stream, hooks, attempt.signal, end);
    watchdog.rest();
    // Whatever ended the attempt, its answer goes too.
    end();
    if (signal.aborted) return;
    if (!isWorthAnother(error, retry)) return yield [{ error }];
    const [leastMs, delayMs] = delaysOf(stream.reconnectionTime, failures++, error, retry);
    const rested = new Promise<void>((resolve) => {
      const since = clock.now();
      let cancel = clock.after(delayMs, resolve);
      hurry = () => {
        cancel();
        if (signal.aborted) return resolve();
        cancel = clock.after(Math.min(leastMs, Math.max(0, since + leastMs - clock.now())), resolve);
      };
    });
    yield [{ error, retryInMs: delayMs }];
    await rested;
  }
}

/** Makes one connection, and gives what comes; returns why it is over. */
async function* connect(
  stream: StreamState,
  hooks: ReadHooks,
  signal: AbortSignal,
  end: (code: EventSourceErrorCode) => void,
): AsyncGenerator<StreamItem[], EventSourceError, void> {
  const { openTimeoutMs = MAX_DELAY_MS } = stream.init;
  const disarm = stream.clock.after(Math.min(openTimeoutMs, MAX_DELAY_MS), () => end("open-timeout"));
  let reason: unknown;
  try {
    const response = await openConnection(stream, signal);
    disarm();
    yield [{ origin: new URL(response.url || stream.url).origin }];
    if (response.body) yield* readEvents(response.body, stream, hooks, signal);
    reason = new EventSourceError("ended");
  } catch (cause) {
    reason = cause;
  }
  disarm();
  if (signal.aborted) reason = signal.reason;
  return EventSourceError.of(reason, "network");
}
