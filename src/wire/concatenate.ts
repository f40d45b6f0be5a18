/**
 * Many chunks of bytes as one.
 *
 * @module
 */

/** Gives the bytes of `chunks`, in order, as one array; `length` is their sum. */
export function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
