import type { ByteSink, SinkObserver } from "../../src/sse/byte-sink.ts";

/** A sink whose reader does what the test says. */
export class ScriptedSink implements ByteSink {
  readonly written: Uint8Array[] = [];
  bufferedBytes = 0;
  observer: SinkObserver | undefined;
  /** What the owner did last, besides writing. */
  fate: "open" | "closing" | "aborted" = "open";
  #highWaterMarkBytes = 0;

  get text(): string {
    return this.written.map((bytes) => new TextDecoder().decode(bytes)).join("");
  }

  open(observer: SinkObserver, highWaterMarkBytes: number): void {
    this.observer = observer;
    this.#highWaterMarkBytes = highWaterMarkBytes;
  }

  write(bytes: Uint8Array): boolean {
    this.written.push(bytes);
    this.bufferedBytes += bytes.byteLength;
    return this.bufferedBytes <= this.#highWaterMarkBytes;
  }

  close(): void {
    this.fate = "closing";
  }

  abort(): void {
    this.fate = "aborted";
    queueMicrotask(() => this.leave());
  }

  /** The reader takes all that waits. */
  read(): void {
    const above = this.bufferedBytes > this.#highWaterMarkBytes;
    this.bufferedBytes = 0;
    if (this.fate === "closing") this.leave();
    else if (above) this.observer?.drained();
  }

  /** The reader, or the transport, is gone. */
  leave(error?: unknown): void {
    const { observer } = this;
    this.observer = undefined;
    this.bufferedBytes = 0;
    observer?.closed(error);
  }
}
