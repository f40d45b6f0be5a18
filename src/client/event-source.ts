/**
 * The `EventSource` of the standard on every runtime, with what practice asks of it besides.
 *
 * ```ts
 * import { EventSource } from "dodona/client";
 *
 * const source = new EventSource("https://example.com/events", {
 *   headers: async () => ({ authorization: `Bearer ${await freshToken()}` }),
 *   retry: {},
 * });
 * source.addEventListener("tick", ({ data, lastEventId }) => console.log(data, lastEventId));
 * source.onerror = ({ code, status, retryInMs }) => console.log(code, status, retryInMs);
 *
 * declare function freshToken(): Promise<string>;
 * ```
 *
 * @module
 */
import { EventSourceErrorEvent } from "./client-error.ts";
import { connect, type EventSourceEngine, readOnce } from "./event-source-engine.ts";
import type { EventSourceInit } from "./event-source-init.ts";
import { ResumeEvent, type ResumeState } from "./resume-state.ts";
import { advance, newStream, type StreamItem, type StreamState } from "./stream-state.ts";

/** The events of an `EventSource` that are no messages of the stream, and the one that is named by default. */
export interface EventSourceEventMap {
  open: Event;
  message: MessageEvent<string>;
  error: EventSourceErrorEvent;
  resume: ResumeEvent;
}

/** The methods of an `EventTarget`, by the types of the events. */
export interface EventSourceTarget extends EventTarget {
  addEventListener<Type extends keyof EventSourceEventMap>(
    type: Type,
    listener: ((this: EventSource, event: EventSourceEventMap[Type]) => unknown) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: ((this: EventSource, event: MessageEvent<string>) => unknown) | EventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof EventSourceEventMap>(
    type: Type,
    listener: ((this: EventSource, event: EventSourceEventMap[Type]) => unknown) | null,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: ((this: EventSource, event: MessageEvent<string>) => unknown) | EventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

const TypedTarget: new () => EventSourceTarget = EventTarget;

type Handler<EventType extends Event> = ((this: EventSource, event: EventType) => unknown) | null;

/**
 * An event stream that reconnects by itself.
 *
 * Without options it does what the standard says: any status but 200 and any type but `text/event-stream` closes it,
 * all else is tried again after the reconnection time, with the last event id. The wait grows while attempts fail
 * one after the other, as the standard allows. Each event has a task of its own, in order.
 *
 * @see WHATWG HTML 9.2, Server-sent events
 * @see https://github.com/whatwg/html/pull/12272 for `fromReadableStream`, `lastEventId` and `reconnectionTime`
 */
export class EventSource extends TypedTarget {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSED: 2;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSED: 2;
  declare onopen: Handler<Event>;
  declare onmessage: Handler<MessageEvent<string>>;
  declare onerror: Handler<EventSourceErrorEvent>;
  declare onresume: Handler<ResumeEvent>;

  static {
    const { prototype } = this;
    const define = (name: PropertyKey, descriptor: PropertyDescriptor, holder: object = prototype) =>
      Object.defineProperty(holder, name, { enumerable: true, ...descriptor });
    ["CONNECTING", "OPEN", "CLOSED"].forEach((name, value) => {
      define(name, { value });
      define(name, { value }, this);
    });
    for (const type of ["open", "message", "error", "resume"]) {
      define(`on${type}`, {
        configurable: true,
        get(this: EventSource) {
          return this.#handlers[type] ?? null;
        },
        set(this: EventSource, handler: unknown) {
          this.#setHandler(type, handler);
        },
      });
    }
    // A class hides what an interface shows. @see Web IDL 3.7.6 and 3.7.7
    for (const name of ["url", "withCredentials", "readyState", "close"]) {
      define(name, {});
    }
    define(Symbol.toStringTag, { value: "EventSource", enumerable: false, configurable: true });
  }

  /**
   * Reads a stream of bytes, or of text, as events. There is nobody to ask again when it ends: the source is closed
   * then, with an `error` event.
   *
   * @throws {TypeError} when it is no stream, or somebody reads it already.
   */
  static fromReadableStream(stream: ReadableStream<Uint8Array | string>): EventSource {
    if (stream?.locked !== false) throw new TypeError("Cannot read event stream: it is locked");
    return new EventSource("about:event-stream", {}, readOnce(stream));
  }

  readonly #stream: StreamState;
  readonly #handlers: Record<string, unknown> = {};
  /** One for all types: to add it again leaves it where it is. */
  readonly #handle = (event: Event) => {
    const handler = this.#handlers[event.type];
    if (typeof handler === "function") handler.call(this, event);
  };
  #isOpen = false;

  /**
   * @param url Where the stream is, relative to the page if there is one.
   * @param engine For another source of the events than a connection of its own.
   * @throws {DOMException} a `SyntaxError` when `url` is none.
   * @throws {TypeError} for a method, headers or a body that cannot be sent.
   * @throws {RangeError} for a limit or a time that is none.
   */
  constructor(url: string | URL, init: EventSourceInit = {}, engine: EventSourceEngine = connect) {
    super();
    this.#stream = newStream(url, init);
    if (this.readyState < 2) void engine(this.#stream, (item) => this.#show(item));
  }

  /** The URL, absolute, without regard to redirects. */
  get url(): string {
    return this.#stream.url.href;
  }

  get withCredentials(): boolean {
    return !!this.#stream.init.withCredentials;
  }

  /** `CONNECTING` (0), `OPEN` (1) or `CLOSED` (2). */
  get readyState(): 0 | 1 | 2 {
    if (this.#stream.signal.aborted) return 2;
    return this.#isOpen ? 1 : 0;
  }

  /** The id after which a stream made now would go on: that of the last event shown. */
  get lastEventId(): string {
    return this.#stream.lastEventId;
  }

  /** The time between two connections, in milliseconds. */
  get reconnectionTime(): number {
    return this.#stream.reconnectionTime;
  }

  /** What the server said last about where its stream begins; `undefined` if it said nothing. */
  get resumeState(): ResumeState | undefined {
    return this.#stream.resumeState;
  }

  /** Closes the connection for good, without an event. */
  close(): void {
    this.#stream.close();
  }

  #show(item: StreamItem): void {
    const detail = advance(this.#stream, item);
    if (detail) this.dispatchEvent(new ResumeEvent(detail));
    let event: Event | undefined;
    if ("data" in item) {
      const { type, data, lastEventId } = item;
      event = new MessageEvent(type, { data, lastEventId, origin: this.#stream.origin });
    } else if ("origin" in item) {
      this.#isOpen = true;
      event = new Event("open");
    } else if ("error" in item) {
      this.#isOpen = false;
      // [spec] Fail the connection: set the readyState attribute to CLOSED and fire an event named error.
      if (item.retryInMs === undefined) this.close();
      event = new EventSourceErrorEvent(item.error, item.retryInMs);
    }
    if (event) this.dispatchEvent(event);
  }

  /** An event handler of HTML: it keeps its place among the listeners while one object replaces another. */
  #setHandler(type: string, handler: unknown): void {
    const isSet = Object(handler) === handler;
    this.#handlers[type] = isSet ? handler : null;
    this[isSet ? "addEventListener" : "removeEventListener"](type, this.#handle);
  }
}
