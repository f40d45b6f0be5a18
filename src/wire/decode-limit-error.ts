/**
 * The error of a decoder that was sent more than it may hold.
 *
 * @module
 */

/** Which bound of the decoder was passed. */
export type DecodeLimitCode = "line-too-long" | "event-too-long";

/**
 * Thrown by a decoder's `feed` when a line or the data of an event is longer than its limit; the
 * decoder then takes nothing more until it is reset.
 */
export class DecodeLimitError extends RangeError {
  override readonly name: string = "DecodeLimitError";
  readonly code: DecodeLimitCode;
  /** The limit that was passed, in UTF-16 code units. */
  readonly limit: number;

  constructor(code: DecodeLimitCode, limit: number) {
    const what = code === "line-too-long" ? "line" : "event";
    super(`Cannot decode ${what}: it is longer than ${limit} UTF-16 code units`);
    this.code = code;
    this.limit = limit;
  }
}
