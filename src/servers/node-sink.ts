/**
 * A {@linkcode ByteSink} over what Node writes to: a socket, a response, an HTTP/2 stream.
 *
 * @module
 */

import { ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import type { ByteSink, SinkObserver } from "../sse/byte-sink.ts";

/** What a socket shows of its writes; the handle is what Node's own idle timeout looks at, and may go one day. */
type WrittenSocket = Writable & {
  readonly bytesWritten?: number;
  readonly _handle?: { readonly writeQueueSize?: number } | null;
};

/** Puts bytes into a chunk of HTTP/1.1; remembers the newest, which is likely to be sent to many. */
class ChunkFramer {
  #bytes: Uint8Array | undefined;
  #chunk: Buffer | undefined;

  /** @see RFC 9112, section 7.1 */
  frame(bytes: Uint8Array): Buffer {
    if (bytes === this.#bytes && this.#chunk !== undefined) return this.#chunk;
    const size = bytes.byteLength.toString(16);
    const chunk = Buffer.allocUnsafeSlow(size.length + bytes.byteLength + 4);
    const start = chunk.write(`${size}\r\n`, "latin1");
    chunk.set(bytes, start);
    chunk.write("\r\n", start + bytes.byteLength, "latin1");
    this.#bytes = bytes;
    this.#chunk = chunk;
    return chunk;
  }
}

/** Holds back what is written in a turn of the event loop, so that it leaves in one write per stream. */
export class TurnCork {
  #held: Writable[] = [];
  readonly #release = () => {
    const held = this.#held;
    this.#held = [];
    for (const out of held) out.uncork();
  };

  /** Holds `out` until the turn is over, once for each call. */
  hold(out: Writable): void {
    out.cork();
    if (this.#held.push(out) === 1) process.nextTick(this.#release);
  }
}

const framer = new ChunkFramer();
/** The one cork of all streams. */
export const turnCork: TurnCork = new TurnCork();

/** Writes to `out`; `message` is what ends, and tells of the end. */
export class NodeSink implements ByteSink {
  #ended = false;
  readonly #out: Writable;
  readonly #chunked: boolean;
  #highWaterMarkBytes = 0;
  #above = false;
  readonly #message: ServerResponse | ServerHttp2Stream;
  #observer: SinkObserver | undefined;

  constructor(out: Writable, message: ServerResponse | ServerHttp2Stream, chunked: boolean) {
    this.#out = out;
    this.#message = message;
    this.#chunked = chunked;
  }

  get bufferedBytes(): number {
    return this.#ended ? 0 : this.#out.writableLength;
  }

  /** What the socket has written, less what of it still waits in the runtime or the system's queue. */
  get progress(): number | undefined {
    const { bytesWritten, writableLength, _handle } = this.#out as WrittenSocket;
    return bytesWritten === undefined
      ? undefined
      : bytesWritten - writableLength - (_handle?.writeQueueSize ?? 0);
  }

  open(observer: SinkObserver, highWaterMarkBytes: number): void {
    this.#observer = observer;
    this.#highWaterMarkBytes = highWaterMarkBytes;
    if (this.#message.closed) queueMicrotask(() => this.#close());
    else this.#message.on("close", () => this.#close());
  }

  write(bytes: Uint8Array, isAlone = false): boolean {
    const out = this.#out;
    if (this.#ended) return false;
    if (!out.writable) {
      // The peer has ended its side, and so Node has ended ours; it may never close.
      this.abort();
      return false;
    }
    const chunk = this.#chunked ? framer.frame(bytes) : bytes;
    if (!isAlone && out.writableCorked === 0) turnCork.hold(out);
    if (out.writableLength + chunk.byteLength <= this.#highWaterMarkBytes) {
      out.write(chunk);
      return true;
    }
    this.#above = true;
    out.write(chunk, () => this.#taken());
    return false;
  }

  close(): void {
    if (!this.#ended) this.#message.end();
  }

  abort(): void {
    if (!this.#ended) this.#message.destroy();
  }

  #taken(): void {
    if (!this.#above || this.#ended || this.#out.writableLength > this.#highWaterMarkBytes) return;
    this.#above = false;
    this.#observer?.drained();
  }

  #close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#observer?.closed();
  }
}

/** The socket of a response that stands first in its line, unless something sits between the two. */
export function directSocket(response: ServerResponse): Socket | null {
  const { write, end } = ServerResponse.prototype;
  // Who compresses or counts replaces the response's own methods, or its class, and must get all.
  return response.write === write && response.end === end ? response.socket : null;
}
