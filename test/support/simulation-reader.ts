import type { ByteSink, SinkObserver } from "../../src/sse/byte-sink.ts";
import { ServerSentEventStreamTarget } from "../../src/sse/event-stream-target.ts";
import { Heartbeat } from "../../src/sse/heartbeat.ts";
import type { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { createDecoder, type DecodedEvent } from "../../src/wire/decode.ts";

/** A connection whose reader takes as many bytes as it is told to, and may lose the rest. */
export class SimulationReader implements ByteSink {
  readonly target: ServerSentEventStreamTarget;
  /** The reader's last event id, as an `EventSource` keeps it. */
  lastEventId: string;
  /** Whether the connection is over, for the reader. */
  over = false;
  /** Whether what was written last stood above the mark, and has not been taken since. */
  isFull = false;
  readonly #decoder: ReturnType<typeof createDecoder>;
  #waiting: Uint8Array[] = [];
  #bufferedBytes = 0;
  #observer: SinkObserver | undefined;
  #highWaterMarkBytes = 0;
  #closing = false;

  constructor(clock: VirtualClock, lastEventId: string, onEvent: (event: DecodedEvent) => void) {
    this.lastEventId = lastEventId;
    this.#decoder = createDecoder({ onEvent }, { lastEventId });
    this.target = new ServerSentEventStreamTarget({
      sink: this,
      heartbeat: new Heartbeat(clock),
      keepAlive: false,
      stallTimeoutMs: 0,
      lastEventId,
      highWaterMarkBytes: 600,
      maxBufferedBytes: 1024 * 1024,
    });
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  open(observer: SinkObserver, highWaterMarkBytes: number): void {
    this.#observer = observer;
    this.#highWaterMarkBytes = highWaterMarkBytes;
  }

  write(bytes: Uint8Array): boolean {
    if (this.over) return false;
    this.#waiting.push(bytes);
    this.#bufferedBytes += bytes.byteLength;
    if (this.#bufferedBytes <= this.#highWaterMarkBytes) return true;
    this.isFull = true;
    return false;
  }

  close(): void {
    this.#closing = true;
    if (this.#bufferedBytes === 0) this.#end();
  }

  abort(): void {
    this.#end();
  }

  /** Takes the next bytes, at most so many. */
  read(maxBytes: number): void {
    const above = this.#bufferedBytes > this.#highWaterMarkBytes;
    for (let left = maxBytes; left > 0 && this.#waiting.length > 0; ) {
      const [first] = this.#waiting as [Uint8Array];
      const taken = first.subarray(0, left);
      left -= taken.byteLength;
      this.#bufferedBytes -= taken.byteLength;
      if (taken.byteLength === first.byteLength) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(taken.byteLength);
      this.#decoder.feed(taken);
      this.lastEventId = this.#decoder.lastEventId;
    }
    if (this.#closing && this.#bufferedBytes === 0) {
      this.#end();
    } else if (above && this.#bufferedBytes <= this.#highWaterMarkBytes) {
      this.isFull = false;
      this.#observer?.drained();
    }
  }

  /** The connection breaks; what was not taken is lost. */
  drop(): void {
    this.#end();
  }

  #end(): void {
    if (this.over) return;
    this.over = true;
    this.#waiting = [];
    this.#bufferedBytes = 0;
    const observer = this.#observer;
    this.#observer = undefined;
    queueMicrotask(() => observer?.closed());
  }
}
