/**
 * A {@linkcode ByteSink} over the direct stream of Bun, which writes to the socket without a queue of its own.
 *
 * @module
 */

import type { ByteSink, SinkObserver } from "../sse/byte-sink.ts";
import { concatenate } from "../wire/concatenate.ts";

/** The slice of Bun's controller that is used here. */
interface DirectController {
  /**
   * How many bytes were taken; a promise when the socket is full, resolved when it has room. What one turn
   * writes leaves together at its end.
   */
  write(bytes: Uint8Array): number | Promise<number>;
  end(): unknown;
}

/** Writes through while the socket takes it; keeps what comes while it is full, and sends it joined. */
export class BunSink implements ByteSink {
  /** The body of the response. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  #controller: DirectController | undefined;
  #observer: SinkObserver | undefined;
  #highWaterMarkBytes = 0;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #stuckBytes = 0;
  #ending = false;
  #ended = false;
  #release: (() => void) | undefined;

  constructor() {
    const source = {
      type: "direct",
      pull: (controller: DirectController) => this.#start(controller),
      cancel: () => this.#end(),
    };
    this.body = new ReadableStream(source as unknown as UnderlyingDefaultSource<Uint8Array<ArrayBuffer>>);
  }

  get bufferedBytes(): number {
    return this.#stuckBytes + this.#waitingBytes;
  }

  open(observer: SinkObserver, highWaterMarkBytes: number): void {
    this.#observer = observer;
    this.#highWaterMarkBytes = highWaterMarkBytes;
    if (this.#ended) queueMicrotask(() => this.#report());
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ending || this.#ended) return false;
    if (this.#controller !== undefined && this.#stuckBytes === 0) {
      this.#send(this.#controller, bytes);
    } else {
      this.#waiting.push(bytes);
      this.#waitingBytes += bytes.byteLength;
    }
    return this.bufferedBytes <= this.#highWaterMarkBytes;
  }

  close(): void {
    if (this.#ended) return;
    this.#ending = true;
    if (this.#controller !== undefined && this.bufferedBytes === 0) this.abort();
  }

  abort(): void {
    if (this.#ended) return;
    this.#controller?.end();
    this.#end();
  }

  /** Called once, when the response is on its way; the stream lives as long as the promise. */
  #start(controller: DirectController): Promise<void> {
    this.#controller = controller;
    if (this.#ended) controller.end();
    else this.#sendWaiting(controller);
    return new Promise((resolve) => {
      this.#release = resolve;
      if (this.#ended) resolve();
    });
  }

  #sendWaiting(controller: DirectController): void {
    if (this.#waitingBytes > 0) {
      const bytes = concatenate(this.#waiting, this.#waitingBytes);
      this.#waiting = [];
      this.#waitingBytes = 0;
      this.#send(controller, bytes);
    }
    if (this.#stuckBytes > 0) return;
    if (this.#ending) this.abort();
  }

  #send(controller: DirectController, bytes: Uint8Array): void {
    const taken = controller.write(bytes);
    if (typeof taken === "number") return;
    this.#stuckBytes = bytes.byteLength;
    taken.then(
      () => this.#unstick(controller),
      () => this.#end(),
    );
  }

  #unstick(controller: DirectController): void {
    if (this.#ended) return;
    const above = this.bufferedBytes > this.#highWaterMarkBytes;
    this.#stuckBytes = 0;
    this.#sendWaiting(controller);
    if (above && !this.#ending && this.bufferedBytes <= this.#highWaterMarkBytes) this.#observer?.drained();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#stuckBytes = 0;
    this.#release?.();
    queueMicrotask(() => this.#report());
  }

  #report(): void {
    const observer = this.#observer;
    this.#observer = undefined;
    observer?.closed();
  }
}
