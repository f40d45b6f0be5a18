/**
 * The requests of a server for whoever iterates it instead of handling each when it comes.
 *
 * @module
 */

import type { RequestHandler } from "../app/server.ts";
import type { ServerRequest } from "../app/server-request.ts";

/** Holds requests in the order in which they came, until they are asked for. For one reader. */
export class RequestQueue implements AsyncIterable<ServerRequest> {
  readonly #waiting: ServerRequest[] = [];
  #ended = false;
  #wake: (() => void) | undefined;

  /** Takes a request; one that comes after the end is given up. */
  readonly handler: RequestHandler = (request) => {
    if (this.#ended) request.error();
    else this.#waiting.push(request);
    this.#wake?.();
    return Promise.resolve();
  };

  /** Ends the iteration, after the requests that wait already. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ServerRequest, void> {
    while (true) {
      const request = this.#waiting.shift();
      if (request !== undefined) yield request;
      else if (this.#ended) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
