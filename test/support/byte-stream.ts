/** The bytes of a text: UTF-8. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** A stream of `chunks`, each when it is asked for; `state` tells whether it was cancelled, and how far it was read. */
export function streamOf(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  state: { cancelled?: boolean; pulled?: number } = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream(
    {
      pull(controller) {
        const chunk = chunks[at++];
        state.pulled = at;
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
}
