/**
 * Collects text that arrives in pieces, in linear time.
 *
 * ```ts
 * const buffer = new TextBuffer();
 * buffer.push("da");
 * buffer.push("ta");
 * buffer.take(); // "data", and the buffer is empty again
 * ```
 *
 * @module
 */

/**
 * Text under construction.
 *
 * Cost: a character is copied at most twice, however small the pieces. Every 64 pieces become one block,
 * since a list of millions of one-character strings would weigh many times its text, and since a piece
 * may hold on to the whole chunk that it was cut from, which a block does not.
 */
export class TextBuffer {
  #blocks: string[] = [];
  #pieces: string[] = [];
  #length = 0;

  /** The length of the text so far, in UTF-16 code units. */
  get length(): number {
    return this.#length;
  }

  /** Appends one piece. */
  push(piece: string): void {
    if (piece === "") return;
    this.#length += piece.length;
    if (this.#pieces.push(piece) < 64) return;
    this.#blocks.push(this.#pieces.join(""));
    this.#pieces = [];
  }

  /** Returns the whole text and empties the buffer. */
  take(): string {
    if (this.#blocks.length > 0) this.#pieces.unshift(this.#blocks.join(""));
    const text = this.#pieces.length === 1 ? (this.#pieces[0] as string) : this.#pieces.join("");
    this.clear();
    return text;
  }

  /** Empties the buffer. */
  clear(): void {
    if (this.#length === 0) return;
    this.#blocks = [];
    this.#pieces = [];
    this.#length = 0;
  }
}
