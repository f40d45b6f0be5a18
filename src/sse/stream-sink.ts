/**
 * A {@linkcode ByteSink} whose other end is a `ReadableStream`: the body of a `Response`, for any runtime and
 * framework with fetch handlers.
 *
 * @module
 */

import { concatenate } from "../wire/concatenate.ts";
import type { ByteSink, SinkObserver } from "./byte-sink.ts";

/** No chunk handed to the reader is larger, unless a single write was; in bytes. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Hands the bytes to whoever reads {@linkcode StreamSink.body}, at the reader's pace: what was not asked for
 * yet waits here, and leaves joined.
 */
export class StreamSink implements ByteSink {
  /** What the reader reads. Cancelling it counts as the peer's leaving. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #observer: SinkObserver | undefined;
  #highWaterMarkBytes = 0;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #readerWaits = false;
  #ending = false;
  #ended = false;
  #release: (() => void) | undefined;

  constructor() {
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => this.#end(),
      },
      // The queue is ours, so that its bytes can be counted and joined.
      { highWaterMark: 0 },
    );
    this.body = body as ReadableStream<Uint8Array<ArrayBuffer>>;
  }

  get bufferedBytes(): number {
    return this.#waitingBytes;
  }

  open(observer: SinkObserver, highWaterMarkBytes: number): void {
    this.#observer = observer;
    this.#highWaterMarkBytes = highWaterMarkBytes;
    if (this.#ended) queueMicrotask(() => this.#report());
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ending || this.#ended) return false;
    if (this.#readerWaits) {
      this.#readerWaits = false;
      this.#controller.enqueue(bytes);
      return true;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.byteLength;
    return this.#waitingBytes <= this.#highWaterMarkBytes;
  }

  close(): void {
    if (this.#ending || this.#ended) return;
    this.#ending = true;
    if (this.#waitingBytes === 0) this.abort();
  }

  abort(): void {
    if (this.#ended) return;
    this.#controller.close();
    this.#end();
  }

  /** Aborts when `signal` is aborted, or was: the peer's leaving, where the body is not told of it. Called once. */
  abortBy(signal: AbortSignal): void {
    if (signal.aborted) {
      this.abort();
      return;
    }
    const onAbort = () => this.abort();
    signal.addEventListener("abort", onAbort);
    this.#release = () => signal.removeEventListener("abort", onAbort);
  }

  #pull(): void {
    if (this.#waitingBytes === 0) {
      this.#readerWaits = true;
      return;
    }
    const above = this.#waitingBytes > this.#highWaterMarkBytes;
    this.#controller.enqueue(this.#take());
    if (this.#ending) {
      if (this.#waitingBytes === 0) this.abort();
    } else if (above && this.#waitingBytes <= this.#highWaterMarkBytes) {
      this.#observer?.drained();
    }
  }

  /** The oldest bytes that fit into a chunk, as one array. */
  #take(): Uint8Array {
    let count = 1;
    let bytes = this.#waiting[0]?.byteLength ?? 0;
    for (; count < this.#waiting.length; count++) {
      const length = this.#waiting[count]?.byteLength ?? 0;
      if (bytes + length > CHUNK_BYTES) break;
      bytes += length;
    }
    const taken = this.#waiting.splice(0, count);
    this.#waitingBytes -= bytes;
    return taken.length === 1 && taken[0] !== undefined ? taken[0] : concatenate(taken, bytes);
  }

  #end(): void {
    this.#ended = true;
    this.#release?.();
    this.#waiting = [];
    this.#waitingBytes = 0;
    queueMicrotask(() => this.#report());
  }

  #report(): void {
    const observer = this.#observer;
    this.#observer = undefined;
    observer?.closed();
  }
}
