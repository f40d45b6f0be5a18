/**
 * Writes framed events, comments and retry lines as the text of an event stream, and text as bytes.
 *
 * Pure: the same frame gives the same text, and nothing is kept. Each piece is whole, so pieces may be
 * joined and sent in any grouping.
 *
 * ```ts
 * import { encodeComment, encodeFrame, frame, toBytes } from "dodona/wire";
 *
 * encodeFrame(frame({ data: "two\nlines" })); // "data: two\ndata: lines\n\n"
 * toBytes(encodeComment("still here")); // the bytes of ": still here\n"
 * ```
 *
 * @module
 */
import { checkComment, checkRetry, type Frame } from "./frame.ts";

/**
 * Encodes one event: its fields in the order event, id, retry, data, each on a line, then a blank line.
 *
 * CR, LF and CRLF in the data each begin another `data:` line, so readers receive LF for all three.
 * U+2028 and U+2029 are no line ends here. A frame without any field gives the blank line alone.
 *
 * @see WHATWG HTML 9.2.5, Parsing an event stream
 */
export function encodeFrame(frame: Frame): string {
  const { type, id, retry, data } = frame;
  let text = "";
  if (type !== undefined) text += `event: ${type}\n`;
  if (id !== undefined) text += `id: ${id}\n`;
  if (retry !== undefined) text += `retry: ${retry}\n`;
  if (data !== undefined) text += `data: ${prefixLines(data, "data: ")}\n`;
  return `${text}\n`;
}

/**
 * Encodes a comment, which readers ignore: one `: ` line for each line of the text.
 *
 * No blank line follows, since some readers take one for an empty message. It may therefore stand
 * between events, never inside one.
 *
 * @throws {TypeError} when it is not a string.
 * @see WHATWG HTML 9.2.7, Authoring notes
 */
export function encodeComment(text: string): string {
  return `: ${prefixLines(checkComment(text), ": ")}\n`;
}

/**
 * Encodes a reconnection time in milliseconds. It counts at its line's end, so no blank line follows.
 *
 * @throws {TypeError} when it is not a number.
 * @throws {RangeError} when it is not an integer from 0 to 2^31 - 1.
 */
export function encodeRetry(retryMs: number): string {
  return `retry: ${checkRetry(retryMs)}\n`;
}

/** Encodes text as UTF-8; a lone surrogate becomes U+FFFD. */
export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

const encoder = new TextEncoder();

function prefixLines(text: string, prefix: string): string {
  if (!text.includes("\n") && !text.includes("\r")) return text;
  return text.replace(/\r\n?|\n/g, `\n${prefix}`);
}
