import { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { Heartbeat } from "../../src/sse/heartbeat.ts";
import type { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { createDecoder, type DecodedEvent } from "../../src/wire/decode.ts";
import { ScriptedSink } from "./scripted-sink.ts";

/** What may be said of a reader. */
export interface ScriptedReaderOptions {
  lastEventId?: string;
  highWaterMarkBytes?: number;
  /** After how long without reading it is given up. @default never */
  stallTimeoutMs?: number;
}

/** A target whose reader does what the test says, and understands what it is sent. */
export class ScriptedReader {
  readonly sink: ScriptedSink = new ScriptedSink();
  readonly target: ServerSentEventStreamTarget;
  readonly events: DecodedEvent[] = [];
  readonly comments: string[] = [];
  retryMs: number | undefined;
  /** What an `EventSource` would say when it comes back. */
  lastEventId: string;
  #decoded = 0;
  readonly #decoder;

  constructor(
    clock: VirtualClock,
    { lastEventId = "", highWaterMarkBytes = 1024, stallTimeoutMs = 0 }: ScriptedReaderOptions = {},
  ) {
    this.lastEventId = lastEventId;
    this.#decoder = createDecoder(
      {
        onEvent: (event) => this.events.push(event),
        onComment: (text) => this.comments.push(text),
        onRetry: (retryMs) => {
          this.retryMs = retryMs;
        },
      },
      { lastEventId },
    );
    const heartbeat = new Heartbeat(clock);
    this.target = new ServerSentEventStreamTarget({
      sink: this.sink,
      heartbeat,
      keepAlive: false,
      lastEventId,
      highWaterMarkBytes,
      stallTimeoutMs,
    });
  }

  /** How many writes came since it was made. */
  get writes(): number {
    return this.sink.written.length;
  }

  /** Takes all that waits, and gives the events that it understood since the last time. */
  read(): DecodedEvent[] {
    const before = this.events.length;
    for (; this.#decoded < this.sink.written.length; this.#decoded++) {
      this.#decoder.feed(this.sink.written[this.#decoded] as Uint8Array);
    }
    this.lastEventId = this.#decoder.lastEventId;
    this.sink.read();
    return this.events.slice(before);
  }
}
