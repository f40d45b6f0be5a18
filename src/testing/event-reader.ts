/**
 * Reads an event stream in a test: event by event, each within a time.
 *
 * @example
 * ```ts
 * const events = EventReader.of(await fetch("http://localhost:8000/events"));
 * const { data } = await events.next("ping");
 * await events.close();
 * ```
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";
import { createDecoder, type DecodedEvent, type Decoder } from "../wire/decode.ts";
import { EventReadError, type EventReadErrorCode } from "./event-read-error.ts";

/** How a stream is read. */
export interface EventReaderOptions {
  /** The time that limits go by. @default the system's, which keeps the process alive while a test waits */
  clock?: WaitingClock | undefined;
  /** How long each wait may take unless it says otherwise, in milliseconds. @default 5000 */
  withinMs?: number | undefined;
}

/** How long one wait may take. */
export interface EventWaitOptions {
  /** In milliseconds; `Infinity` for ever. */
  withinMs?: number | undefined;
}

/** How a reader closes its connection, and makes another. */
export interface EventConnection {
  /** Ends the request. */
  abort(): void;
  /** Asks again, with the last event id. */
  reopen(lastEventId: string): Promise<EventReader>;
}

/** What a reader needs of a clock. */
export type WaitingClock = Pick<Clock, "now" | "after">;

/** Unlike the clock of the streams, it holds the process open: a test that waits must fail, not vanish. */
const testClock: WaitingClock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * A reader of one event stream. It reads only while somebody waits: one that waits for nothing is a slow reader,
 * as the application sees it. Waits run one after the other.
 */
export class EventReader implements AsyncIterable<DecodedEvent> {
  /** The answer, whose body is read here. */
  readonly response: Response;
  readonly #stream: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder: Decoder;
  readonly #clock: WaitingClock;
  readonly #withinMs: number;
  readonly #connection: EventConnection | undefined;
  readonly #events: DecodedEvent[] = [];
  readonly #comments: string[] = [];
  #lastEventId: string;
  #retryMs: number | undefined;
  #end: { failed: boolean; error?: unknown } | undefined;
  #reading: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** See {@linkcode EventReader.of}; `connection` is how `close` and `reconnect` reach the server. */
  constructor(
    response: Response,
    options: EventReaderOptions & { lastEventId?: string; connection?: EventConnection } = {},
  ) {
    const { clock = testClock, withinMs = 5000, lastEventId = "", connection } = options;
    checkEventStream(response);
    this.response = response;
    this.#stream = (response.body as ReadableStream<Uint8Array>).getReader();
    this.#clock = clock;
    this.#withinMs = withinMs;
    this.#connection = connection;
    this.#lastEventId = lastEventId;
    this.#decoder = createDecoder(
      {
        onEvent: (event) => this.#events.push(event),
        onComment: (text) => {
          if (text !== "") this.#comments.push(text);
        },
        onRetry: (retryMs) => {
          this.#retryMs = retryMs;
        },
      },
      { lastEventId },
    );
  }

  /** Reads the body of `response`. Throws an `EventReadError` with the code `no-stream` when it is no event stream. */
  static of(response: Response, options?: EventReaderOptions): EventReader {
    return new EventReader(response, options);
  }

  /** The id of the last event that was taken, or passed over: that with which `reconnect` goes on. */
  get lastEventId(): string {
    return this.#events.length === 0 ? this.#decoder.lastEventId : this.#lastEventId;
  }

  /** The reconnection time that the stream asked for, in milliseconds, as far as it was read. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  /** Whether the stream was read to its end, or was closed. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /**
   * Takes the next event of `type`, or the next of any type; those of other types before it are passed over.
   *
   * Rejects with an `EventReadError` that says what came instead; that can still be taken then.
   */
  next(type?: string, options?: EventWaitOptions): Promise<DecodedEvent> {
    const what = type === undefined ? "the next event" : `the event "${type}"`;
    return this.#wait(what, options, () => {
      const at = this.#events.findIndex((event) => type === undefined || event.type === type);
      return this.#take(at + 1).at(-1);
    });
  }

  /**
   * Takes the next comment. Those without text are passed over: they open streams and keep them alive. Rejects as
   * `next`.
   */
  comment(options?: EventWaitOptions): Promise<string> {
    return this.#wait("the next comment", options, () => this.#comments.shift());
  }

  /** Takes all events up to the end of the stream. Rejects as `next` when it does not end in time. */
  all(options?: EventWaitOptions): Promise<DecodedEvent[]> {
    return this.#wait("the end of the stream", options, () => {
      return this.#end?.failed === false ? this.#take(this.#events.length) : undefined;
    });
  }

  /** Gives the events up to the end, without limit of time; leaving the loop leaves the stream as it is. */
  async *[Symbol.asyncIterator](): AsyncGenerator<DecodedEvent, void, void> {
    for (;;) {
      try {
        yield await this.next(undefined, { withinMs: Number.POSITIVE_INFINITY });
      } catch (error) {
        if (error instanceof EventReadError && error.code === "ended") return;
        throw error;
      }
    }
  }

  /** Leaves, as a client does whose page is closed. What came before can still be taken. */
  async close(): Promise<void> {
    this.#end ??= { failed: false };
    this.#connection?.abort();
    // Its source may mind, or has failed already; the reader is gone either way.
    await this.#stream.cancel().catch(() => undefined);
  }

  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Leaves, and asks again with the last event id, as an `EventSource` does. Rejects with an `Error` for a reader
   * that was made of a response: it does not know whom to ask.
   */
  async reconnect(): Promise<EventReader> {
    const connection = this.#connection;
    if (connection === undefined) throw new Error("Cannot reconnect: the reader was made of a response");
    const { lastEventId } = this;
    await this.close();
    return connection.reopen(lastEventId);
  }

  #take(count: number): DecodedEvent[] {
    const taken = this.#events.splice(0, count);
    this.#lastEventId = taken.at(-1)?.lastEventId ?? this.#lastEventId;
    return taken;
  }

  #wait<Value>(
    what: string,
    { withinMs = this.#withinMs }: EventWaitOptions = {},
    find: () => Value | undefined,
  ): Promise<Value> {
    checkWithin(withinMs);
    const found = this.#turn.then(() => this.#readUntil(what, withinMs, find));
    this.#turn = found.catch(() => undefined);
    return found;
  }

  async #readUntil<Value>(what: string, withinMs: number, find: () => Value | undefined): Promise<Value> {
    let cancel: (() => void) | undefined;
    let isLate = false;
    const late = new Promise<void>((resolve) => {
      if (withinMs === Number.POSITIVE_INFINITY) return;
      cancel = this.#clock.after(withinMs, () => {
        isLate = true;
        resolve();
      });
    });
    try {
      for (;;) {
        const found = find();
        if (found !== undefined) return found;
        if (this.#end !== undefined)
          throw this.#missed(this.#end.failed ? "failed" : "ended", what, withinMs);
        if (isLate) throw this.#missed("timeout", what, withinMs);
        await Promise.race([this.#read(), late]);
      }
    } finally {
      cancel?.();
    }
  }

  /** A read that outlasts one wait is the next one's. */
  #read(): Promise<void> {
    this.#reading ??= this.#readChunk();
    return this.#reading;
  }

  async #readChunk(): Promise<void> {
    try {
      const { done, value } = await this.#stream.read();
      if (done) this.#end ??= { failed: false };
      else this.#decoder.feed(value);
    } catch (error) {
      this.#end ??= { failed: true, error };
    } finally {
      this.#reading = undefined;
    }
  }

  #missed(code: EventReadErrorCode, what: string, withinMs: number): EventReadError {
    const { response } = this;
    const arrived = [...this.#events];
    const state = {
      timeout: `it is open, but ${withinMs} ms are over`,
      ended: "it has ended",
      failed: "it broke off",
    };
    const message = `Cannot get ${what} of the stream: ${state[code as keyof typeof state]}; ${describe(arrived)}`;
    return new EventReadError(code, message, { arrived, response, cause: this.#end?.error });
  }
}

function checkEventStream(response: Response): void {
  const type = response.headers.get("content-type") ?? "none";
  if (response.status === 200 && /^text\/event-stream(?:;|$)/i.test(type) && response.body !== null) return;
  const message = `Cannot read the events of an answer: its status is ${response.status}, its content type ${type}`;
  throw new EventReadError("no-stream", message, { response });
}

function checkWithin(withinMs: number): void {
  if (withinMs >= 0) return;
  throw new RangeError(`Cannot wait for ${withinMs} ms: not a time`);
}

function describe(events: readonly DecodedEvent[]): string {
  if (events.length === 0) return "no other event came";
  const shown = events
    .slice(0, 5)
    .map(({ type, data }) => `"${type}" (${JSON.stringify(data.slice(0, 40))})`);
  const more = events.length > shown.length ? `, and ${events.length - shown.length} more` : "";
  return `there came ${shown.join(", ")}${more}`;
}
