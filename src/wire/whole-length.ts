/**
 * Finds how much of a chunk of UTF-8 can be decoded by itself.
 *
 * @module
 */

/** Where the last character begins if it is cut off, else the length: a cut before a lead byte is always safe. */
export function wholeLength(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let at = length - 1; at >= 0 && at >= length - 3; at--) {
    const byte = bytes[at] as number;
    if (byte < 0x80) return length;
    if (byte < 0xc0) continue;
    const size = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length - at < size ? at : length;
  }
  return length;
}
