/**
 * One request to another server, and who may end it.
 *
 * @module
 */

import { createHttpError, isHttpError } from "../http/http-error.ts";
import { type Clock, systemClock } from "../sse/clock.ts";

/** Who may end an exchange before it is through. */
export interface ProxyExchangeOptions {
  /** Aborted when the client leaves. */
  client: AbortSignal | undefined;
  /** The application's own word. */
  signal?: AbortSignal | undefined;
  /** How long the head of the answer may take, in milliseconds. */
  timeoutMs?: number | undefined;
  /** @default the system's */
  clock?: Clock | undefined;
}

/** Ends the upstream's part when the client, the application or the time says so, and tells what went wrong. */
export class ProxyExchange {
  readonly #controller = new AbortController();
  readonly #releases: (() => void)[] = [];
  readonly #timeoutMs: number | undefined;
  #cancelTimeout: (() => void) | undefined;
  #ending: "client" | "timeout" | undefined;
  #uploadFailure: unknown;

  constructor({ client, signal, timeoutMs, clock = systemClock }: ProxyExchangeOptions) {
    this.#timeoutMs = timeoutMs;
    this.#follow(client, () => {
      this.#ending ??= "client";
    });
    this.#follow(signal);
    if (timeoutMs === undefined) return;
    this.#cancelTimeout = clock.after(timeoutMs, () => {
      this.#ending ??= "timeout";
      this.#controller.abort();
    });
  }

  /** Aborted when the exchange is over, however it ended. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The head of the answer is there: from now on it may take its time. */
  answered(): void {
    this.#cancelTimeout?.();
  }

  /** Ends what is still under way, and lets go of the signals; a second call does nothing. */
  end(): void {
    this.answered();
    for (const release of this.#releases.splice(0)) release();
    this.#controller.abort();
  }

  /** Gives `body`, read at the upstream's pace; what it fails with is remembered: `fetch` may hide it. */
  upload(body: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
    const reader = body.getReader();
    return new ReadableStream(
      {
        pull: async (controller) => {
          try {
            const { done, value } = await reader.read();
            if (done) controller.close();
            else controller.enqueue(value);
          } catch (error) {
            this.#uploadFailure = error;
            throw error;
          }
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  /**
   * Gives what to tell the client when `fetch` has failed with `error`: 504 when the time ran out, what the
   * client's own body failed with, else 502.
   */
  explain(error: unknown, url: string): Error {
    const cause = this.#uploadFailure ?? error;
    if (isHttpError(cause)) return cause;
    if (this.#ending === "client")
      return createHttpError(400, "The client left before the answer", { cause });
    const { origin } = new URL(url);
    if (this.#ending === "timeout") {
      return createHttpError(504, `Cannot proxy to "${origin}": no answer in ${this.#timeoutMs} ms`, {
        cause,
      });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    return createHttpError(502, `Cannot proxy to "${origin}": ${reason}`, { cause });
  }

  #follow(signal: AbortSignal | undefined, onAbort?: () => void): void {
    if (signal === undefined) return;
    const abort = () => {
      onAbort?.();
      this.#controller.abort(signal.reason);
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort);
    this.#releases.push(() => signal.removeEventListener("abort", abort));
  }
}
