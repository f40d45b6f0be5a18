/**
 * The decoder of `dodona/wire` again, for pages that wait for every kilobyte: smaller, and slower.
 *
 * What the two give is the same for any stream in any chunks; a property test holds them together.
 *
 * @module
 */
import { concatenate } from "../wire/concatenate.ts";
import type { DecoderHandlers, DecoderOptions } from "../wire/decode.ts";
import { TextBuffer } from "../wire/text-buffer.ts";
import { wholeLength } from "../wire/whole-length.ts";
import { MAX_DELAY_MS } from "./backoff.ts";
import { EventSourceError } from "./client-error.ts";

/** A parser of one event stream. */
export interface CompactDecoder {
  /** The id to send as `Last-Event-ID` when reconnecting: that of the last finished block that had one. */
  readonly lastEventId: string;
  /**
   * Reads the next chunk and calls the handlers for all it completes; nothing more may be fed once it has thrown.
   *
   * @throws {EventSourceError} with the code `too-long` for a line or an event; what came before it was handled.
   */
  feed(chunk: Uint8Array | string): void;
}

/**
 * Creates a decoder that calls the handlers for what it is fed. The limits are those of `createDecoder`, and are not
 * checked.
 *
 * @see WHATWG HTML 9.2.6, Interpreting an event stream
 */
export function createCompactDecoder(
  { onEvent, onRetry, onComment }: DecoderHandlers,
  { lastEventId = "", maxLineLength = 2 ** 24, maxEventLength = 2 ** 24 }: DecoderOptions = {},
): CompactDecoder {
  const readText = createTextReader();
  const partialLine = new TextBuffer();
  /** The data of the block: its first line, and what follows that. */
  let data: string | undefined;
  const moreData = new TextBuffer();
  let type = "";
  let id = lastEventId;

  /** Reads the line of `text` from `start` up to `end`. */
  const readLine = (text: string, start = 0, end = text.length) => {
    check(end - start, maxLineLength);
    if (start === end) {
      lastEventId = id;
      // [spec] If the data buffer is an empty string, set [both buffers] to the empty string and return.
      if (data !== undefined) {
        if (moreData.length > 0) data += moreData.take();
        onEvent({ type: type || "message", data, lastEventId });
      }
      data = undefined;
      type = "";
      return;
    }
    let nameEnd = start;
    while (nameEnd < end && text[nameEnd] !== ":") nameEnd++;
    const name = text.slice(start, nameEnd);
    // [spec] If the value starts with a U+0020 SPACE character, remove it.
    const from = nameEnd + (text[nameEnd + 1] === " " ? 2 : 1);
    const value = text.slice(from, end);
    if (name === "data") {
      if (data === undefined) data = value;
      else moreData.push(`\n${value}`);
      check(data.length + moreData.length, maxEventLength);
    } else if (name === "") onComment?.(value);
    else if (name === "event") type = value;
    else if (name === "id") id = value.includes("\0") ? id : value;
    else if (name === "retry" && /^\d+$/.test(value)) onRetry?.(Math.min(Number(value), MAX_DELAY_MS));
  };

  return {
    get lastEventId() {
      return lastEventId;
    },
    feed(chunk) {
      const text = readText(chunk);
      let start = 0;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
        if (partialLine.length > 0) {
          partialLine.push(text.slice(0, end));
          readLine(partialLine.take());
        } else readLine(text, start, end);
        start = end + 1;
      }
      partialLine.push(text.slice(start));
      check(partialLine.length, maxLineLength);
    },
  };
}

/** Gives the text of each chunk with LF alone as line ends; what a chunk's end has cut off comes with the next. */
function createTextReader(): (chunk: Uint8Array | string) => string {
  // By itself it would read on from chunk to chunk too; but runtimes then differ on byte order marks, and Node is slow.
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The beginning of a character. */
  let cut = new Uint8Array();
  /** What the next text may begin with that is none of it. */
  let skips = "\ufeff";
  return (chunk) => {
    const isText = typeof chunk === "string";
    const bytes = isText ? cut : cut.length ? concatenate([cut, chunk], cut.length + chunk.length) : chunk;
    const whole = isText ? cut.length : wholeLength(bytes);
    let text = utf8.decode(bytes.subarray(0, whole)) + (isText ? chunk : "");
    cut = bytes.slice(whole);
    if (text === "") return text;
    // A CR ends its line at once, so that a LF which opens the next chunk is none of its own.
    if (text[0] === skips) text = text.slice(1);
    skips = text.endsWith("\r") ? "\n" : "";
    return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  };
}

function check(length: number, limit: number): void {
  if (length > limit) throw new EventSourceError("too-long", { detail: length });
}
