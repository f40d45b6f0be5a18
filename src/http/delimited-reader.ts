/**
 * Reads a stream of bytes up to delimiters, wherever its chunks cut them.
 *
 * The time is linear, whatever the bytes are: a delimiter begins with CR, and one that is long has no other, so that
 * a comparison that failed need not be gone back over. What is held is one chunk, and what stands before a delimiter
 * that is being looked for.
 *
 * @module
 */

import { createHttpError } from "./http-error.ts";

const CR = 13;

/** A stream of bytes, read in pieces up to delimiters that begin with CR. */
export class DelimitedReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #unfinished: string;
  /** What was read and not taken yet: a view of a chunk, or of `#store`. */
  #window: Uint8Array;
  /** Room for chunks behind a rest, which grows by doubling. */
  #store: Uint8Array | undefined;
  #state: "open" | "ended" | "released" = "open";

  /** Begins with `before` as if it stood in the stream; `unfinished` is the message when the stream ends too early. */
  constructor(stream: ReadableStream<Uint8Array>, before: Uint8Array, unfinished: string) {
    this.#reader = stream.getReader();
    this.#window = before;
    this.#unfinished = unfinished;
  }

  /**
   * Takes some of the bytes before `delimiter`; `undefined` once there are none, when the delimiter is taken too.
   *
   * Rejects with an `HttpError` 400 when the stream ends without it, and as the stream does.
   */
  async takePiece(delimiter: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (;;) {
      const at = this.#find(delimiter, 0);
      // A copy, also of Node's buffers: the reader of the piece may do with its memory as it likes.
      if (at > 0) return new Uint8Array(this.#take(at));
      if (this.#window.length >= delimiter.length) {
        this.#take(delimiter.length);
        return undefined;
      }
      await this.#fill();
    }
  }

  /**
   * Takes the bytes before `delimiter`, and the delimiter; `undefined` when there are more than `maxBytes`.
   * Rejects as `takePiece`.
   */
  async takeBefore(delimiter: Uint8Array, maxBytes: number): Promise<Uint8Array | undefined> {
    for (let from = 0; ; ) {
      from = this.#find(delimiter, from);
      if (from > maxBytes) return undefined;
      if (from + delimiter.length <= this.#window.length) {
        const bytes = this.#take(from);
        this.#take(delimiter.length);
        return bytes;
      }
      await this.#fill();
    }
  }

  /** Whether `bytes` come next; then they are taken. Rejects as `takePiece`. */
  async skip(bytes: Uint8Array): Promise<boolean> {
    while (this.#window.length < bytes.length) await this.#fill();
    if (bytes.some((byte, at) => this.#window[at] !== byte)) return false;
    this.#take(bytes.length);
    return true;
  }

  /** Reads to the end, and throws it away. */
  async drain(): Promise<void> {
    while (this.#state === "open") await this.#read();
  }

  /** Lets go of the stream; what was not read of it is cancelled. */
  release(): void {
    if (this.#state === "open") {
      const reason = new Error("The rest of the body is not wanted");
      // Whether the sender minds is not this reader's concern.
      this.#reader.cancel(reason).catch(() => undefined);
    }
    this.#state = "released";
    this.#reader.releaseLock();
  }

  /** Where `delimiter`, or what is here of it, begins; the end if nowhere. */
  #find(delimiter: Uint8Array, from: number): number {
    const window = this.#window;
    for (let at = window.indexOf(CR, from); at !== -1; at = window.indexOf(CR, at + 1)) {
      let length = 1;
      while (length < delimiter.length && window[at + length] === delimiter[length]) length++;
      if (length === delimiter.length || at + length === window.length) return at;
    }
    return window.length;
  }

  #take(length: number): Uint8Array {
    const taken = this.#window.subarray(0, length);
    this.#window = this.#window.subarray(length);
    return taken;
  }

  async #fill(): Promise<void> {
    const chunk = this.#state === "open" ? await this.#read() : undefined;
    // Perhaps in the meantime: a read that was under way then ends with nothing.
    if (this.#isReleased()) throw new TypeError("Cannot read the part: the loop over the parts was left");
    if (chunk === undefined) throw createHttpError(400, this.#unfinished);
    this.#append(chunk);
  }

  #isReleased(): boolean {
    return this.#state === "released";
  }

  async #read(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#reader.read();
    if (done && this.#state === "open") this.#state = "ended";
    return value;
  }

  #append(chunk: Uint8Array): void {
    const rest = this.#window;
    if (rest.length === 0) {
      this.#window = chunk;
      return;
    }
    const length = rest.length + chunk.length;
    const isStored = this.#store !== undefined && rest.buffer === this.#store.buffer;
    let start = isStored ? rest.byteOffset : 0;
    let store = this.#store;
    if (!isStored || store === undefined || start + length > store.length) {
      store = new Uint8Array(length * 2);
      store.set(rest);
      this.#store = store;
      start = 0;
    }
    store.set(chunk, start + rest.length);
    this.#window = store.subarray(start, start + length);
  }
}
