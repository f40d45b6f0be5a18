/**
 * Reads an event stream: a push parser without any I/O, in the standard's own steps.
 *
 * ```ts
 * import { createDecoder } from "dodona/wire";
 *
 * const decoder = createDecoder({ onEvent: (event) => console.log(event.type, event.data) });
 * decoder.feed("data: one\n\nda");
 * decoder.feed(new TextEncoder().encode("ta: two\n\n"));
 * ```
 *
 * @module
 */
import { DecodeLimitError } from "./decode-limit-error.ts";
import { TextBuffer } from "./text-buffer.ts";
import { Utf8Reader } from "./utf8-reader.ts";

/** An event as the stream dispatched it. */
export interface DecodedEvent {
  /** The event type, `message` when the stream named none. */
  readonly type: string;
  /** The data, its lines joined by LF. */
  readonly data: string;
  /** The last event id as of this event: its own, or else that of an earlier one; `""` for none. */
  readonly lastEventId: string;
}

/**
 * Who hears what was decoded, called from within `feed` in the order of the stream.
 *
 * A handler may call `reset`, which drops the rest of the chunk. What a handler throws leaves `feed`,
 * and the decoder takes nothing more until it is reset.
 */
export interface DecoderHandlers {
  /** One event is complete, at its blank line. */
  onEvent(event: DecodedEvent): void;
  /** The reconnection time changed, in milliseconds, 0 to 2^31 - 1; called at the end of its line. */
  onRetry?: ((retryMs: number) => void) | undefined;
  /** A comment line, without its colon and one space after it. */
  onComment?: ((text: string) => void) | undefined;
}

/** The bounds of a decoder, in UTF-16 code units (the unit of `String.length`); `Infinity` for none. */
export interface DecoderLimits {
  /**
   * The longest line, without its line end.
   *
   * @default 16777216
   */
  readonly maxLineLength?: number | undefined;
  /**
   * The longest data of one event, the line feeds between its lines included.
   *
   * @default 16777216
   */
  readonly maxEventLength?: number | undefined;
}

/** Bounds, and where to begin. */
export interface DecoderOptions extends DecoderLimits {
  /**
   * The last event id before the first event, as kept from an earlier connection.
   *
   * @default ""
   */
  readonly lastEventId?: string | undefined;
}

/**
 * A parser of one event stream after another.
 *
 * Memory: one line, one event's data and the last ids, whatever the number of comments and unknown
 * fields. Time: linear in what is fed, whatever the size of the chunks.
 */
export interface Decoder {
  /** The id to send as `Last-Event-ID` when reconnecting: that of the last finished block that had one. */
  readonly lastEventId: string;
  /**
   * Reads the next chunk and calls the handlers for all it completes. Bytes are UTF-8, invalid ones
   * become U+FFFD; bytes and strings may alternate. The chunk's memory is not kept.
   *
   * @throws {DecodeLimitError} when a line or an event is too long; what came before it was handled.
   * @throws {Error} when an earlier `feed` threw or has not returned yet, until `reset`.
   */
  feed(chunk: Uint8Array | string): void;
  /**
   * Ends this stream and makes ready for another: drops an unfinished line and block, as the standard
   * asks at the end of a stream, and keeps the last event id.
   */
  reset(): void;
}

/**
 * Creates a decoder that calls the handlers for what it is fed.
 *
 * @throws {RangeError} when a limit is not a positive number.
 * @see WHATWG HTML 9.2.6, Interpreting an event stream
 */
export function createDecoder(handlers: DecoderHandlers, options: DecoderOptions = {}): Decoder {
  return new EventStreamDecoder(handlers, options);
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;
const LETTER_A = 0x61;
const LETTER_D = 0x64;
const LETTER_E = 0x65;
const LETTER_I = 0x69;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const LETTER_V = 0x76;
const BYTE_ORDER_MARK = 0xfeff;
const NO_FIELD = -1;
const WAS_RESET = -1;
const DEFAULT_LIMIT = 16 * 1024 * 1024;
/** Timers take a longer wait as none at all. */
const MAX_RETRY_MS = 2 ** 31 - 1;

class EventStreamDecoder implements Decoder {
  readonly #handlers: DecoderHandlers;
  readonly #maxLineLength: number;
  readonly #maxEventLength: number;

  readonly #utf8 = new Utf8Reader();
  readonly #partialLine = new TextBuffer();
  #atStart = true;
  #afterReturn = false;
  /** Counts resets, so that a loop over a chunk notices one made by a handler. */
  #stream = 0;
  /** Set while `feed` runs, and left set when it throws. */
  #feeding = false;

  #lastEventId: string;
  #id: string;
  #type = "";
  /** The data of this block in this chunk; that of earlier chunks is in `#earlierData`. */
  #data = "";
  readonly #earlierData = new TextBuffer();
  /** The length of both, with the line feed after each line. */
  #dataLength = 0;

  constructor(handlers: DecoderHandlers, options: DecoderOptions) {
    this.#handlers = handlers;
    this.#maxLineLength = checkLimit("maxLineLength", options.maxLineLength);
    this.#maxEventLength = checkLimit("maxEventLength", options.maxEventLength);
    this.#lastEventId = this.#id = options.lastEventId ?? "";
  }

  get lastEventId(): string {
    return this.#lastEventId;
  }

  feed(chunk: Uint8Array | string): void {
    if (this.#feeding) throw new Error("Cannot feed decoder: an earlier feed did not finish, reset it first");
    const stream = this.#stream;
    this.#feeding = true;
    if (typeof chunk !== "string") this.#readChunk(this.#utf8.read(chunk));
    else if (this.#utf8.pending) this.#readChunk(this.#utf8.flush() + chunk);
    else this.#readChunk(chunk);
    if (stream === this.#stream) this.#feeding = false;
  }

  reset(): void {
    this.#stream++;
    this.#feeding = false;
    this.#utf8.flush();
    this.#partialLine.clear();
    this.#atStart = true;
    this.#afterReturn = false;
    this.#id = this.#lastEventId;
    this.#type = "";
    this.#data = "";
    this.#dataLength = 0;
    this.#earlierData.clear();
  }

  #readChunk(text: string): void {
    if (text === "") return;
    let start = 0;
    if (this.#atStart) {
      // [spec] One leading U+FEFF BYTE ORDER MARK character must be ignored if any are present.
      if (text.charCodeAt(0) === BYTE_ORDER_MARK) start = 1;
      this.#atStart = false;
    } else if (this.#partialLine.length > 0) {
      start = Math.min(find(text, "\n", 0), find(text, "\r", 0)) + 1;
      this.#partialLine.push(text.slice(0, start));
      if (start > text.length) {
        this.#checkPartialLine();
        return;
      }
      if (this.#readLines(this.#partialLine.take(), 0) === WAS_RESET) return;
    }
    const rest = this.#readLines(text, start);
    if (rest === WAS_RESET) return;
    if (this.#dataLength > 0) {
      this.#earlierData.push(this.#data);
      this.#data = "";
    }
    if (rest < text.length) {
      this.#partialLine.push(text.slice(rest));
      this.#checkPartialLine();
    }
  }

  /** Reads the lines that end in the text; returns where the unfinished one begins, or `WAS_RESET`. */
  #readLines(text: string, from: number): number {
    const stream = this.#stream;
    const { length } = text;
    let start = this.#afterReturn ? this.#skipFeed(text, from) : from;
    let feed = find(text, "\n", start);
    let carriage = find(text, "\r", start);
    // [spec] Lines must be separated by a CRLF pair, a single LF, or a single CR.
    for (let end = first(feed, carriage); end < length; end = first(feed, carriage)) {
      if (end - start > this.#maxLineLength) this.#refuseLine();
      const letter = text.charCodeAt(start);
      // The four usual lines are read right here: a call for each costs speed.
      if (letter === LETTER_D && isData(text, start)) {
        const value = valueStart(text, start + 4, end);
        const next = feed === end + 1 ? end + 2 : end + 1;
        if (value === NO_FIELD) {
          // A field that only begins like data: ignored.
        } else if (this.#dataLength === 0 && next < length && isLineEnd(text.charCodeAt(next))) {
          // The whole data is one line and the blank line follows: nothing to collect.
          this.#emit(text.slice(value, end));
          end = next;
        } else if (end === feed) this.#addData(text.slice(value, end + 1));
        else this.#addData(`${text.slice(value, end)}\n`);
      } else if (start === end) {
        // [spec] If the line is empty (a blank line): dispatch the event.
        this.#dispatch();
      } else if (letter === LETTER_E && isEvent(text, start)) {
        const value = valueStart(text, start + 5, end);
        // [spec] Set the event type buffer to the field value.
        if (value !== NO_FIELD) this.#type = text.slice(value, end);
      } else if (letter === LETTER_I && text.charCodeAt(start + 1) === LETTER_D) {
        const value = valueStart(text, start + 2, end);
        // [spec] If the field value does not contain U+0000 NULL, then set the last event ID buffer to the
        // field value. Otherwise, ignore the field.
        if (value !== NO_FIELD && !hasNul(text, value, end)) this.#id = text.slice(value, end);
      } else this.#readUnusual(text, start, end);

      if (this.#stream !== stream) return WAS_RESET;
      start = end + 1;
      if (carriage <= end) {
        if (text.charCodeAt(end) === CR) {
          if (start === length) this.#afterReturn = true;
          else if (text.charCodeAt(start) === LF) start++;
        }
        carriage = find(text, "\r", start);
      }
      if (feed < start) feed = find(text, "\n", start);
    }
    return start;
  }

  /** A CR ends its line at once, so a LF that opens the next chunk still belongs to it. */
  #skipFeed(text: string, start: number): number {
    if (start === text.length) return start;
    this.#afterReturn = false;
    return text.charCodeAt(start) === LF ? start + 1 : start;
  }

  #readUnusual(text: string, start: number, end: number): void {
    if (text.charCodeAt(start) === COLON) {
      // [spec] If the line starts with a U+003A COLON character (:): ignore the line.
      this.#handlers.onComment?.(text.slice(valueStart(text, start, end), end));
    } else if (text.startsWith("retry", start)) {
      const value = valueStart(text, start + 5, end);
      // [spec] If the field value consists of only ASCII digits, then interpret the field value as an
      // integer in base ten, and set the event stream's reconnection time to that integer.
      if (value === NO_FIELD || !/^[0-9]+$/.test(text.slice(value, end))) return;
      this.#handlers.onRetry?.(Math.min(Number(text.slice(value, end)), MAX_RETRY_MS));
    }
    // [spec] Otherwise: the field is ignored.
  }

  #addData(line: string): void {
    // [spec] Append the field value to the data buffer, then append a single U+000A LINE FEED (LF).
    this.#data += line;
    this.#dataLength += line.length;
    if (this.#dataLength > this.#maxEventLength + 1) this.#refuseEvent();
  }

  #dispatch(): void {
    if (this.#dataLength > 0) {
      this.#emit(this.#takeData());
      return;
    }
    // [spec] If the data buffer is an empty string, set the data buffer and the event type buffer to the
    // empty string and return.
    this.#lastEventId = this.#id;
    this.#type = "";
  }

  #takeData(): string {
    let data = this.#data;
    if (this.#earlierData.length > 0) {
      this.#earlierData.push(data);
      data = this.#earlierData.take();
    }
    this.#data = "";
    this.#dataLength = 0;
    // [spec] If the data buffer's last character is a U+000A LINE FEED (LF), remove it.
    return data.slice(0, -1);
  }

  #emit(data: string): void {
    if (data.length > this.#maxEventLength) this.#refuseEvent();
    const type = this.#type;
    if (type !== "") this.#type = "";
    // [spec] Set the last event ID string of the event source to the value of the last event ID buffer.
    this.#lastEventId = this.#id;
    // [spec] If the event type buffer has a value other than the empty string, change the type of the
    // newly created event to equal the value of the event type buffer.
    this.#handlers.onEvent({ type: type === "" ? "message" : type, data, lastEventId: this.#id });
  }

  #checkPartialLine(): void {
    if (this.#partialLine.length > this.#maxLineLength) this.#refuseLine();
  }

  #refuseLine(): never {
    throw new DecodeLimitError("line-too-long", this.#maxLineLength);
  }

  #refuseEvent(): never {
    throw new DecodeLimitError("event-too-long", this.#maxEventLength);
  }
}

function checkLimit(name: string, limit: number = DEFAULT_LIMIT): number {
  if (typeof limit === "number" && limit > 0) return limit;
  throw new RangeError(`Cannot create decoder: ${name} ${limit} is not a positive number`);
}

/** Like `indexOf`, but the text's length when there is none. */
function find(text: string, lineEnd: string, from: number): number {
  if (from >= text.length) return text.length;
  const at = text.indexOf(lineEnd, from);
  return at === -1 ? text.length : at;
}

/** The smaller of the two: `Math.min` costs a few percent more, measured. */
function first(one: number, other: number): number {
  return one < other ? one : other;
}

function isLineEnd(code: number): boolean {
  return code === LF || code === CR;
}

/**
 * Where the value of the field begins whose name ends at `nameEnd`; `NO_FIELD` when the name goes on.
 *
 * [spec] If the value starts with a U+0020 SPACE character, remove it. A line without a colon is a field
 * name with an empty value.
 */
function valueStart(text: string, nameEnd: number, end: number): number {
  if (nameEnd === end) return end;
  if (text.charCodeAt(nameEnd) !== COLON) return NO_FIELD;
  return text.charCodeAt(nameEnd + 1) === SPACE ? nameEnd + 2 : nameEnd + 1;
}

// Compared by character code: startsWith is slower, measured.

function isData(text: string, at: number): boolean {
  return (
    text.charCodeAt(at + 1) === LETTER_A &&
    text.charCodeAt(at + 2) === LETTER_T &&
    text.charCodeAt(at + 3) === LETTER_A
  );
}

function isEvent(text: string, at: number): boolean {
  return (
    text.charCodeAt(at + 1) === LETTER_V &&
    text.charCodeAt(at + 2) === LETTER_E &&
    text.charCodeAt(at + 3) === LETTER_N &&
    text.charCodeAt(at + 4) === LETTER_T
  );
}

function hasNul(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === 0) return true;
  return false;
}
