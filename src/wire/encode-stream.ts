/**
 * The gate and the encoder as a stage of a web stream.
 *
 * ```ts
 * import { EventEncoderStream } from "dodona/wire";
 *
 * const encoder = new EventEncoderStream();
 * const response = new Response(encoder.readable, { headers: { "content-type": "text/event-stream" } });
 * encoder.writable.getWriter().write({ data: "hello" });
 * ```
 *
 * @module
 */
import { encodeFrame, toBytes } from "./encode.ts";
import { type FrameInit, frame } from "./frame.ts";

/**
 * Writes events as the bytes of an event stream, one chunk for each.
 *
 * An event that does not pass the gate errors the stream, with the `TypeError` or `RangeError` of
 * {@link frame}.
 *
 * @see WHATWG HTML 9.2.5, Parsing an event stream
 */
export class EventEncoderStream extends TransformStream<FrameInit, Uint8Array<ArrayBuffer>> {
  constructor() {
    super({
      transform: (init, controller) => controller.enqueue(toBytes(encodeFrame(frame(init)))),
    });
  }
}
