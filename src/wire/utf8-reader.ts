/**
 * Turns bytes that arrive in chunks into text, wherever the chunks cut a character.
 *
 * `TextDecoder` can do so itself with `stream: true`, but the runtimes then disagree on byte order marks
 * inside the stream, and Node leaves its fast path. So what a chunk's end cut off waits here, and each
 * decoding stands for itself.
 *
 * ```ts
 * const reader = new Utf8Reader();
 * reader.read(new Uint8Array([0xc3])); // ""
 * reader.read(new Uint8Array([0xa4])); // "ä"
 * ```
 *
 * @module
 */

import { wholeLength } from "./whole-length.ts";

/** A UTF-8 decoder for one stream of bytes: invalid bytes become U+FFFD, a byte order mark stays. */
export class Utf8Reader {
  /** The beginning of a character, at most three bytes, of which no line end is part. */
  #rest: Uint8Array = nothing;

  /** Whether bytes are left over that `flush` would return. */
  get pending(): boolean {
    return this.#rest.length > 0;
  }

  /** Returns the text of a chunk, after that of the bytes left over by the last one. */
  read(chunk: Uint8Array): string {
    const bytes = this.#rest.length === 0 ? chunk : concat(this.#rest, chunk);
    const end = wholeLength(bytes);
    if (end === bytes.length) {
      this.#rest = nothing;
      return decoder.decode(bytes);
    }
    // A copy: the caller may use the chunk's memory again.
    this.#rest = bytes.slice(end);
    return decoder.decode(bytes.subarray(0, end));
  }

  /** Returns what stands for the bytes left over when no more will follow, and forgets them. */
  flush(): string {
    if (this.#rest.length === 0) return "";
    const text = decoder.decode(this.#rest);
    this.#rest = nothing;
    return text;
  }
}

const nothing = new Uint8Array(0);

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
