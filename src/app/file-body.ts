/**
 * The body of a response that is read from a file, at the reader's pace.
 *
 * @module
 */

import type { ByteRange } from "../http/range.ts";

/** What a {@linkcode FileBody} needs of a file. */
export interface ReadableFile {
  /** Reads exactly `length` bytes from `start` on, or rejects. */
  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  close(): void;
}

/** How much is read at once: fewer turns between threads than with less, and still little to be held. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Ranges of a file, and bytes between them, one after the other: can be read once.
 *
 * The file is closed as soon as all is read, the reader leaves, or a read fails; nothing more is read from then on.
 */
export class FileBody implements AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
  readonly #file: ReadableFile;
  readonly #pieces: readonly (Uint8Array<ArrayBuffer> | ByteRange)[];
  #index = 0;
  /** How much of the present piece was read. */
  #offset = 0;
  #ended = false;

  constructor(file: ReadableFile, pieces: readonly (Uint8Array<ArrayBuffer> | ByteRange)[]) {
    this.#file = file;
    this.#pieces = pieces;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Gives the next chunk. Rejects when the file has become shorter than it was. */
  async next(): Promise<IteratorResult<Uint8Array<ArrayBuffer>, undefined>> {
    const piece = this.#ended ? undefined : this.#pieces[this.#index];
    if (piece === undefined) return this.return();
    if (piece instanceof Uint8Array) {
      this.#index++;
      return { done: false, value: piece };
    }
    const start = piece.start + this.#offset;
    const length = Math.min(CHUNK_BYTES, piece.end - start + 1);
    try {
      const value = await this.#file.read(start, length);
      this.#advance(length, start + length > piece.end);
      return { done: false, value };
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  /** Ends it: the file is closed. */
  async return(): Promise<IteratorResult<Uint8Array<ArrayBuffer>, undefined>> {
    this.#ended = true;
    this.#file.close();
    return { done: true, value: undefined };
  }

  #advance(length: number, atEnd: boolean): void {
    this.#offset = atEnd ? 0 : this.#offset + length;
    if (atEnd) this.#index++;
  }
}
