/**
 * Reads a body, and never more of it than a limit.
 *
 * @module
 */

import { type HttpError, isHttpError } from "../http/http-error.ts";
import { concatenate } from "../wire/concatenate.ts";
import { bodyTooLarge, bodyUsed, clientLeft } from "./body-error.ts";

/** A stream of the web that holds bytes. */
export type ByteStream = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * The one reader of a body. Past its limit it rejects with an `HttpError` 413 and cancels the rest; when the body
 * fails, with the `HttpError` that it fails with, else with the one that `describe` makes: that the client left.
 */
export class BodyReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #limitBytes: number;
  readonly #describe: (error: unknown) => HttpError;
  #length = 0;

  /** Throws a `TypeError` for a stream that somebody else reads. */
  constructor(stream: ByteStream, limitBytes: number, describe: (error: unknown) => HttpError = clientLeft) {
    if (stream.locked) throw bodyUsed();
    this.#reader = stream.getReader();
    this.#limitBytes = limitBytes;
    this.#describe = describe;
  }

  /** How many bytes came in so far. */
  get length(): number {
    return this.#length;
  }

  /** The next bytes; `undefined` at the end. */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { done, value } = await this.#reader.read().catch((error) => {
      this.#reader.releaseLock();
      throw isHttpError(error) ? error : this.#describe(error);
    });
    if (done) {
      this.#reader.releaseLock();
      return undefined;
    }
    this.#length += value.byteLength;
    if (this.#length <= this.#limitBytes) return value;
    const error = bodyTooLarge(this.#limitBytes);
    this.cancel(error);
    throw error;
  }

  /** All the bytes that are left. */
  async readAll(): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const start = this.#length;
    for (let chunk = await this.read(); chunk !== undefined; chunk = await this.read()) chunks.push(chunk);
    return concatenate(chunks, this.#length - start);
  }

  /** Gives up the rest. */
  cancel(reason: unknown): void {
    // Whether the client hears so is not this reader's concern.
    this.#reader.cancel(reason).catch(() => undefined);
    this.#reader.releaseLock();
  }

  /** What is left as a stream, read at its reader's pace. */
  toStream(): ByteStream {
    return new ReadableStream(
      {
        pull: async (controller) => {
          const chunk = await this.read();
          if (chunk === undefined) controller.close();
          else controller.enqueue(chunk);
        },
        cancel: (reason) => this.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }
}
