/**
 * Reads the body of an answer as events, a chunk at a time and only when it is asked for more.
 *
 * @module
 */
import type { DecodedEvent, DecoderLimits } from "../wire/decode.ts";
import { EventSourceError } from "./client-error.ts";
import { createCompactDecoder } from "./compact-decoder.ts";
import { type ResumeDetail, readOpening } from "./resume-state.ts";
import type { IdItem } from "./stream-state.ts";

/** Who hears of what is no event. */
export interface ReadHooks {
  /** Called before each wait for a chunk. */
  onWait?(): void;
  /** Called with each chunk, before it is decoded. */
  onChunk?(): void;
  onComment?(): void;
}

/** What a body brings. */
export type ReadItem = DecodedEvent | IdItem | ResumeDetail;

/** What is read from, and what is noted: the reconnection time, as soon as its line ends. */
export interface ReadState {
  readonly init: DecoderLimits;
  readonly lastEventId: string;
  readonly signal?: AbortSignal;
  reconnectionTime: number;
}

/**
 * Gives what each chunk brought, if that is anything; gives the stream back when it is left, or when
 * `signal` aborts, which ends the events as if the stream had ended.
 *
 * Throws an {@linkcode EventSourceError} with the code `cut` when the stream breaks off, and with `too-long` when it
 * passes a limit; what came before that was given. Throws a `TypeError` for a stream that somebody else reads.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array | string>,
  stream: ReadState,
  hooks: ReadHooks = {},
  signal: AbortSignal | undefined = stream.signal,
): AsyncGenerator<ReadItem[], void, void> {
  let items: ReadItem[] = [];
  let { lastEventId } = stream;
  const onEvent = (event: DecodedEvent) => {
    items.push(event);
    lastEventId = event.lastEventId;
  };
  const onComment = (text: string) => {
    hooks.onComment?.();
    const detail = readOpening(text);
    if (detail) items.push(detail);
  };
  const onRetry = (retryMs: number) => {
    stream.reconnectionTime = retryMs;
  };
  const decoder = createCompactDecoder({ onEvent, onComment, onRetry }, { ...stream.init, lastEventId });
  const reader = body.getReader();
  // It may have failed already, or may mind; nobody reads it any more either way.
  const leave = () => void reader.cancel().catch(() => undefined);
  signal?.addEventListener("abort", leave);
  try {
    for (;;) {
      hooks.onWait?.();
      const { done, value } = await reader.read();
      if (done) return;
      hooks.onChunk?.();
      let failure: unknown;
      try {
        decoder.feed(value);
      } catch (error) {
        failure = error;
      }
      if (decoder.lastEventId !== lastEventId) {
        lastEventId = decoder.lastEventId;
        items.push({ lastEventId });
      }
      if (items.length > 0) yield items;
      items = [];
      if (failure) throw failure;
    }
  } catch (cause) {
    throw EventSourceError.of(cause, "cut");
  } finally {
    leave();
  }
}
