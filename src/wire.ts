/**
 * The event stream on the wire: the gate, the encoder and the decoder, without any I/O.
 *
 * ```ts
 * import { createDecoder, encodeFrame, frame } from "dodona/wire";
 *
 * const decoder = createDecoder({ onEvent: (event) => console.log(event.data) });
 * decoder.feed(encodeFrame(frame({ data: "hello" }))); // logs "hello"
 * ```
 *
 * @module
 */
export {
  createDecoder,
  type DecodedEvent,
  type Decoder,
  type DecoderHandlers,
  type DecoderLimits,
  type DecoderOptions,
} from "./wire/decode.ts";
export { type DecodeLimitCode, DecodeLimitError } from "./wire/decode-limit-error.ts";
export { EventDecoderStream, type EventDecoderStreamOptions } from "./wire/decode-stream.ts";
export { encodeComment, encodeFrame, encodeRetry, toBytes } from "./wire/encode.ts";
export { EventEncoderStream } from "./wire/encode-stream.ts";
export { type Frame, type FrameInit, frame } from "./wire/frame.ts";
