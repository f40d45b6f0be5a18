/**
 * The body of an answer of several ranges: `multipart/byteranges`.
 *
 * @module
 */

import { type ByteRange, contentRange } from "./range.ts";

/** What a multipart body consists of, in order: bytes to be sent as they are, and ranges of the representation. */
export interface ByteRangesBody {
  /** The media type, with the boundary. */
  readonly contentType: string;
  /** Of the whole, in bytes. */
  readonly length: number;
  readonly pieces: readonly (Uint8Array<ArrayBuffer> | ByteRange)[];
}

const encoder = new TextEncoder();

/**
 * Lays out the body for `ranges` of a representation of `size` bytes, and of the media type `type`, if it is
 * known. The boundary is random, so that no content can hold it.
 *
 * @see RFC 9110, section 14.6
 */
export function layOutByteRanges(ranges: readonly ByteRange[], size: number, type?: string): ByteRangesBody {
  const boundary = crypto.randomUUID();
  const typeLine = type === undefined ? "" : `Content-Type: ${type}\r\n`;
  const pieces: (Uint8Array<ArrayBuffer> | ByteRange)[] = [];
  for (const [index, range] of ranges.entries()) {
    const lead = index === 0 ? "" : "\r\n";
    pieces.push(
      encoder.encode(
        `${lead}--${boundary}\r\n${typeLine}Content-Range: ${contentRange(size, range)}\r\n\r\n`,
      ),
      range,
    );
  }
  pieces.push(encoder.encode(`\r\n--${boundary}--\r\n`));
  const length = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, length, pieces };
}

function lengthOf(piece: Uint8Array | ByteRange): number {
  return piece instanceof Uint8Array ? piece.byteLength : piece.end - piece.start + 1;
}
