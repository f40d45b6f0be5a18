/**
 * The decoder as a stage of a web stream.
 *
 * ```ts
 * import { EventDecoderStream } from "dodona/wire";
 *
 * const body = new Response("data: hello\n\n").body as ReadableStream<Uint8Array<ArrayBuffer>>;
 * for await (const event of body.pipeThrough(new EventDecoderStream())) console.log(event.data);
 * ```
 *
 * @module
 */
import { createDecoder, type DecodedEvent, type Decoder, type DecoderOptions } from "./decode.ts";

/** Bounds, where to begin, and who hears of what is no event. */
export interface EventDecoderStreamOptions extends DecoderOptions {
  /** The reconnection time changed, in milliseconds, 0 to 2^31 - 1. */
  readonly onRetry?: ((retryMs: number) => void) | undefined;
  /** A comment line, without its colon and one space after it. */
  readonly onComment?: ((text: string) => void) | undefined;
}

/**
 * Reads the chunks of one event stream, bytes or strings, as events in their order.
 *
 * A line or event over its limit errors the stream with a `DecodeLimitError`, and what `onRetry` or
 * `onComment` throws errors it too. An event without its blank line at the end is dropped, as the
 * standard asks.
 *
 * @see WHATWG HTML 9.2.6, Interpreting an event stream
 */
export class EventDecoderStream extends TransformStream<Uint8Array | string, DecodedEvent> {
  readonly #decoder: Decoder;

  /** @throws {RangeError} when a limit is not a positive number. */
  constructor(options: EventDecoderStreamOptions = {}) {
    const { onRetry, onComment } = options;
    let controller: TransformStreamDefaultController<DecodedEvent>;
    const onEvent = (event: DecodedEvent) => controller.enqueue(event);
    const decoder = createDecoder({ onEvent, onRetry, onComment }, options);
    super({
      start: (given) => {
        controller = given;
      },
      transform: (chunk) => decoder.feed(chunk),
    });
    this.#decoder = decoder;
  }

  /**
   * The id to reconnect with, that of blocks without data included. It may be ahead of the events read
   * so far by those that wait in the stream.
   */
  get lastEventId(): string {
    return this.#decoder.lastEventId;
  }
}
