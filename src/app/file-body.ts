/**
 * The body of a response that is read from a file, at the reader's pace.
 *
 * @module
 */

import type { ByteRange } from "../http/range.ts";
import type { BodySource, OpenFile } from "./server-request.ts";

/** What a {@linkcode FileBody} needs of a file. */
export interface ReadableFile {
  /** Fills all of `bytes` with what is in the file from `start` on, or rejects. */
  fill(bytes: Uint8Array, start: number): Promise<void>;
  close(): void;
}

/** How much is read at once: fewer turns between threads than with less, and still little to be held. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Ranges of a file, and bytes between them, one after the other: can be read once.
 *
 * The file is closed as soon as all is read, the reader leaves, or a read fails; nothing more is read from then on.
 */
export class FileBody implements AsyncIterableIterator<Uint8Array<ArrayBuffer>>, BodySource {
  readonly #file: ReadableFile;
  readonly #pieces: readonly (Uint8Array<ArrayBuffer> | ByteRange)[];
  readonly #whole: OpenFile | undefined;
  #index = 0;
  /** How much of the present piece was read. */
  #offset = 0;
  #ended = false;

  /** `whole` is the same file, where the pieces are all of it and nothing else. */
  constructor(
    file: ReadableFile,
    pieces: readonly (Uint8Array<ArrayBuffer> | ByteRange)[],
    whole?: OpenFile | undefined,
  ) {
    this.#file = file;
    this.#pieces = pieces;
    this.#whole = whole;
  }

  /** The open file, if it is all of the body, and nothing was read yet. */
  get whole(): OpenFile | undefined {
    const isFresh = !this.#ended && this.#index === 0 && this.#offset === 0;
    return isFresh && this.#whole?.closed === false ? this.#whole : undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Gives the next chunk. Rejects when the file has become shorter than it was. */
  async next(): Promise<IteratorResult<Uint8Array<ArrayBuffer>, undefined>> {
    const value = await this.#next((length) => new Uint8Array(Math.min(CHUNK_BYTES, length)));
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  /** Gives the next chunk, in `piece` where it is of the file. Rejects when the file has become shorter than it was. */
  read(piece: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#next((length) => piece.subarray(0, length));
  }

  async return(): Promise<IteratorResult<Uint8Array<ArrayBuffer>, undefined>> {
    this.close();
    return { done: true, value: undefined };
  }

  /** Ends it: the file is closed. */
  close(): void {
    this.#ended = true;
    this.#file.close();
  }

  /** `take` gives memory for at most so many bytes. */
  async #next(
    take: (length: number) => Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const piece = this.#ended ? undefined : this.#pieces[this.#index];
    if (piece === undefined) {
      this.close();
      return undefined;
    }
    if (piece instanceof Uint8Array) {
      this.#index++;
      return piece;
    }
    const start = piece.start + this.#offset;
    const bytes = take(piece.end - start + 1);
    try {
      await this.#file.fill(bytes, start);
    } catch (error) {
      this.close();
      throw error;
    }
    this.#advance(bytes.byteLength, start + bytes.byteLength > piece.end);
    return bytes;
  }

  #advance(length: number, atEnd: boolean): void {
    this.#offset = atEnd ? 0 : this.#offset + length;
    if (atEnd) this.#index++;
  }
}
