/**
 * One server that listens for an application, from its start to its end.
 *
 * @module
 */

import type { InFlight } from "./in-flight.ts";
import type { Listener, RequestHandler, Server } from "./server.ts";

/** How long the end may take unless the application says otherwise, in milliseconds. */
const DEFAULT_SHUTDOWN_TIMEOUT_MS = 30_000;
/** Of that time, what it may take to close the streams one after another; the rest is for their last bytes. */
const DRAIN_PART = 0.5;

/** A server, and what it has under way. */
export class Listening {
  readonly #server: Server;
  readonly #inFlight: InFlight;
  readonly #handler: RequestHandler;
  readonly #stopped: Promise<void>;
  #stop!: () => void;
  #over!: () => void;
  readonly #isOver: Promise<void>;

  constructor(server: Server, inFlight: InFlight, handler: RequestHandler) {
    this.#server = server;
    this.#inFlight = inFlight;
    this.#handler = handler;
    this.#stopped = new Promise((resolve) => {
      this.#stop = resolve;
    });
    this.#isOver = new Promise((resolve) => {
      this.#over = resolve;
    });
  }

  /** Takes connections. Rejects as the server's `listen` does. */
  async start(): Promise<Listener> {
    try {
      return await this.#server.listen(this.#handler);
    } catch (error) {
      this.#over();
      throw error;
    }
  }

  /**
   * Resolves when it is to end: on `signal`, on `stop`, or when a server that is iterated has no more requests.
   * What such a server throws goes to `onError`.
   */
  async ended(signal: AbortSignal | undefined, onError: (error: unknown) => void): Promise<void> {
    const onAbort = () => this.#stop();
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    if (this.#server[Symbol.asyncIterator] !== undefined) void this.#iterate(onError);
    await this.#stopped;
    signal?.removeEventListener("abort", onAbort);
  }

  /** Lets what is under way finish for so long, in milliseconds, and cuts off the rest. */
  async end(timeoutMs: number = DEFAULT_SHUTDOWN_TIMEOUT_MS): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(true), timeoutMs);
    });
    const streams = this.#inFlight.drain(timeoutMs * DRAIN_PART);
    const drained = Promise.all([this.#server.close(), streams]).then(() => false);
    if (await Promise.race([drained, late])) {
      this.#inFlight.abandon();
      this.#server.abort?.();
    }
    clearTimeout(timer);
    this.#over();
  }

  /** Begins the end, and resolves when it has come. */
  stop(): Promise<void> {
    this.#stop();
    return this.#isOver;
  }

  async #iterate(onError: (error: unknown) => void): Promise<void> {
    try {
      for await (const request of this.#server as AsyncIterable<Parameters<RequestHandler>[0]>) {
        void this.#handler(request);
      }
    } catch (error) {
      onError(error);
    }
    this.#stop();
  }
}
