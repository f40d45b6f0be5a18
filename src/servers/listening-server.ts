/**
 * What the servers of the three runtimes have in common: the life of a {@linkcode Server}.
 *
 * @module
 */

import type { Listener, ListenOptions, RequestHandler, Server } from "../app/server.ts";
import type { ServerRequest } from "../app/server-request.ts";
import { checkListenOptions } from "./check-listen-options.ts";
import { ListenError } from "./listen-error.ts";
import { RequestQueue } from "./request-queue.ts";

/** A server that listens once, and hands out its requests to a handler or, where it got none, to an iteration. */
export abstract class ListeningServer implements Server {
  protected readonly options: ListenOptions;
  readonly #queue: RequestQueue = new RequestQueue();
  #listening = false;

  /** Throws a `RangeError` for a duration out of bounds. */
  constructor(options: ListenOptions, longestIdleMs?: number) {
    checkListenOptions(options, longestIdleMs);
    this.options = options;
  }

  /** Throws an `Error` the second time. Without a `handler` the requests are those of the iteration. */
  listen(handler: RequestHandler = this.#queue.handler): Promise<Listener> {
    if (this.#listening) throw new Error("Server already listening.");
    this.#listening = true;
    return this.start(handler).catch((error) => {
      this.#listening = false;
      throw new ListenError(this.options, error);
    });
  }

  close(): Promise<void> {
    this.#queue.end();
    return this.stop();
  }

  abstract abort(): void;

  /** Throws a `TypeError` before `listen`. Ends with `close`. */
  [Symbol.asyncIterator](): AsyncGenerator<ServerRequest, void> {
    if (!this.#listening) throw new TypeError("Server hasn't started listening.");
    return this.#queue[Symbol.asyncIterator]();
  }

  /** Listens; rejects with whatever the runtime says when it can't. */
  protected abstract start(handler: RequestHandler): Promise<Listener>;
  /** Takes no new connection; resolves when the last one has ended. */
  protected abstract stop(): Promise<void>;
}
