/**
 * The whole body of a Node request, without a stream of the web in between.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { bodyTooLarge, bodyUsed, clientLeft } from "../app/body-error.ts";

/**
 * Reads the body of `request` to its end. What comes after a refusal is thrown away, so that the answer can be read.
 * Rejects as `ServerRequest.readBody`.
 */
export function readNodeBytes(
  request: IncomingMessage | Http2ServerRequest,
  limitBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer<ArrayBuffer>[] = [];
    let length = 0;

    function onData(chunk: Buffer<ArrayBuffer>): void {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= limitBytes) return;
      release();
      request.resume();
      reject(bodyTooLarge(limitBytes));
    }
    function onEnd(): void {
      release();
      const [first] = chunks;
      resolve(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, length));
    }
    function onGone(error?: Error): void {
      release();
      reject(clientLeft(error));
    }
    function onClose(): void {
      onGone();
    }
    function release(): void {
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      // An error that comes later has nobody to go to.
      request.off("error", onGone).on("error", () => undefined);
    }

    if (request.readableDidRead) reject(bodyUsed());
    else if (request.readableEnded) resolve(new Uint8Array());
    else if (request.destroyed) onGone();
    else request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onGone);
  });
}
