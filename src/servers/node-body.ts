/**
 * The body of a Node request as a stream of the web.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { bodyUsed } from "../app/body-error.ts";

/**
 * Gives the body of `request`, read at the reader's pace. It errors when the client goes before the end, and
 * when it was read already; cancelled, the rest of it is thrown away.
 */
export function readNodeBody(
  request: IncomingMessage | Http2ServerRequest,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;

  function onData(chunk: Buffer<ArrayBuffer>): void {
    controller.enqueue(chunk);
    if ((controller.desiredSize ?? 0) <= 0) request.pause();
  }
  function onEnd(): void {
    release();
    controller.close();
  }
  function onGone(error?: Error): void {
    release();
    controller.error(error ?? new Error("The client left before the end of the body"));
  }
  function onClose(): void {
    onGone();
  }
  function release(): void {
    request.off("data", onData).off("end", onEnd).off("close", onClose);
    // An error that comes later has nobody to go to.
    request.off("error", onGone).on("error", () => undefined);
  }

  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(own) {
      controller = own;
      if (request.destroyed && !request.readableEnded)
        return own.error(new Error("The client left before the body was read"));
      if (request.readableDidRead) return own.error(bodyUsed());
      if (request.readableEnded) return own.close();
      request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onGone);
      request.pause();
    },
    pull() {
      request.resume();
    },
    cancel() {
      release();
      request.resume();
    },
  });
}
