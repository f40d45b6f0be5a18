/**
 * The server's end of a WebSocket, with the face that the web gives it, over whatever carries the messages.
 *
 * @module
 */

import type { UpgradeOptions } from "../app/server-request.ts";
import { CloseEvent } from "../sse/close-event.ts";
import { ErrorEvent } from "../sse/error-event.ts";
import { SocketWatch } from "./socket-watch.ts";
import { DEFAULT_IDLE_TIMEOUT_SECONDS } from "./web-socket-handshake.ts";

/** The largest message that is taken; a larger one ends the connection with code 1009. */
export const MAX_MESSAGE_BYTES: number = 16 * 1024 * 1024;
/** Who sends while so many bytes wait already has lost the connection. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** PORT. What carries the messages. No method throws; after the end they do nothing. */
export interface SocketWire {
  /** How many bytes wait to be sent. */
  readonly bufferedBytes: number;
  /** Takes its own copy of the bytes. */
  send(data: string | Uint8Array<ArrayBuffer>): void;
  ping(): void;
  /** Sends what waits, then says goodbye; `code` is missing where there is nothing to say. */
  close(code: number | undefined, reason: string): void;
  /** Cuts the connection. */
  terminate(): void;
}

/** What a {@linkcode SocketWire} tells; it may begin while the wire is being made. `closed` is told last, once. */
export interface SocketObserver {
  message(data: string | Uint8Array<ArrayBuffer>): void;
  /** The peer answered a ping. */
  heard(): void;
  failed(error: unknown): void;
  closed(code: number, reason: string): void;
}

type Data = string | ArrayBufferLike | ArrayBufferView | Blob;
// biome-ignore lint/suspicious/noExplicitAny: the type of the platform's own handlers
type Handler = ((this: WebSocket, event: any) => unknown) | null;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/**
 * A WebSocket on a server. It opens in a later turn than the one that made it; what the peer sends before waits.
 *
 * Beyond the standard, `close` takes the codes that are a server's to say (1001 to 1014), and `url` is empty.
 *
 * @see WebSockets Standard, section "The WebSocket interface"
 */
export class UpgradedSocket extends EventTarget implements WebSocket {
  static readonly CONNECTING: typeof CONNECTING = CONNECTING;
  static readonly OPEN: typeof OPEN = OPEN;
  static readonly CLOSING: typeof CLOSING = CLOSING;
  static readonly CLOSED: typeof CLOSED = CLOSED;
  readonly CONNECTING: typeof CONNECTING = CONNECTING;
  readonly OPEN: typeof OPEN = OPEN;
  readonly CLOSING: typeof CLOSING = CLOSING;
  readonly CLOSED: typeof CLOSED = CLOSED;
  readonly url: string = "";
  readonly extensions: string = "";
  readonly protocol: string;
  readonly #handlers = new Map<string, Handler>();
  readonly #wire: SocketWire;
  readonly #watch: SocketWatch;
  #binaryType: BinaryType = "blob";
  #readyState: 0 | 1 | 2 | 3 = CONNECTING;
  #early: (() => void)[] | undefined = [];
  #blobs: Promise<void> | undefined;
  #blobBytes = 0;

  /** Answers the request by `connect`, and passes on what that throws. */
  constructor(options: UpgradeOptions, connect: (observer: SocketObserver) => SocketWire) {
    super();
    this.protocol = options.protocol ?? "";
    this.#wire = connect({
      message: (data) => this.#whenOpen(() => this.#receive(data)),
      heard: () => this.#watch.heard(),
      failed: (error) => this.#whenOpen(() => this.#fail(error)),
      closed: (code, reason) => this.#whenOpen(() => this.#end(code, reason)),
    });
    this.#watch = new SocketWatch(this.#wire, options.idleTimeout ?? DEFAULT_IDLE_TIMEOUT_SECONDS);
    setTimeout(() => this.#open(), 0);
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return this.#readyState;
  }

  get bufferedAmount(): number {
    return this.#wire.bufferedBytes + this.#blobBytes;
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  /** Passes over what is none, as the web does. */
  set binaryType(type: BinaryType) {
    if (type === "blob" || type === "arraybuffer") this.#binaryType = type;
  }

  get onopen(): WebSocket["onopen"] {
    return this.#handlers.get("open") ?? null;
  }

  set onopen(handler: WebSocket["onopen"]) {
    this.#setHandler("open", handler);
  }

  get onmessage(): WebSocket["onmessage"] {
    return this.#handlers.get("message") ?? null;
  }

  set onmessage(handler: WebSocket["onmessage"]) {
    this.#setHandler("message", handler);
  }

  get onerror(): WebSocket["onerror"] {
    return this.#handlers.get("error") ?? null;
  }

  set onerror(handler: WebSocket["onerror"]) {
    this.#setHandler("error", handler);
  }

  get onclose(): WebSocket["onclose"] {
    return this.#handlers.get("close") ?? null;
  }

  set onclose(handler: WebSocket["onclose"]) {
    this.#setHandler("close", handler);
  }

  /**
   * Sends one message. Throws an `InvalidStateError` before it is open, and does nothing once it closes. With
   * more than 64 MiB waiting already the connection is cut.
   */
  send(data: Data): void {
    if (this.#readyState === CONNECTING) {
      throw new DOMException("Cannot send a message: the WebSocket is not open yet", "InvalidStateError");
    }
    if (this.#readyState !== OPEN) return;
    if (this.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#fail(new Error(`Cannot send a message: ${this.bufferedAmount} bytes wait already`));
      this.#wire.terminate();
    } else if (data instanceof Blob) this.#sendBlob(data);
    else this.#sendNow(typeof data === "object" ? copyBytes(data) : String(data));
  }

  /**
   * Says goodbye; `close` is dispatched when the peer has answered, or is gone. Throws an `InvalidAccessError`
   * for a code that is nobody's to say, and a `SyntaxError` for a reason of more than 123 bytes.
   */
  close(code?: number, reason = ""): void {
    checkClose(code, reason);
    if (this.#readyState >= CLOSING) return;
    this.#readyState = CLOSING;
    // A reason alone needs a code to stand behind.
    const said = code ?? (reason === "" ? undefined : 1000);
    if (this.#blobs === undefined) this.#wire.close(said, reason);
    else void this.#blobs.then(() => this.#wire.close(said, reason));
  }

  #open(): void {
    if (this.#readyState === CONNECTING) {
      this.#readyState = OPEN;
      this.dispatchEvent(new Event("open"));
    }
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const step of early) step();
  }

  #whenOpen(step: () => void): void {
    if (this.#early === undefined) step();
    else this.#early.push(step);
  }

  #receive(data: string | Uint8Array<ArrayBuffer>): void {
    this.#watch.heard();
    if (this.#readyState !== OPEN) return;
    const isText = typeof data === "string";
    const message = isText ? data : this.#binaryType === "blob" ? new Blob([data]) : copyBytes(data).buffer;
    this.dispatchEvent(new MessageEvent("message", { data: message }));
  }

  #fail(error: unknown): void {
    if (this.#readyState === CLOSED) return;
    const message = error instanceof Error ? error.message : String(error);
    this.dispatchEvent(new ErrorEvent("error", { error, message }));
  }

  #end(code: number, reason: string): void {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSED;
    this.#watch.stop();
    this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean: code !== 1006 }));
  }

  #sendNow(message: string | Uint8Array<ArrayBuffer>): void {
    if (this.#blobs === undefined) this.#wire.send(message);
    else this.#afterBlobs(async () => message);
  }

  #sendBlob(blob: Blob): void {
    this.#blobBytes += blob.size;
    this.#afterBlobs(async () => {
      try {
        return new Uint8Array(await blob.arrayBuffer());
      } finally {
        this.#blobBytes -= blob.size;
      }
    });
  }

  /** A blob takes a while to read, and what is sent after it stays behind it. */
  #afterBlobs(read: () => Promise<string | Uint8Array<ArrayBuffer>>): void {
    const sent = (this.#blobs ?? Promise.resolve())
      .then(read)
      .then((message) => this.#wire.send(message))
      .catch((error) => {
        this.#fail(error);
        this.#wire.terminate();
      })
      .finally(() => {
        if (this.#blobs === sent) this.#blobs = undefined;
      });
    this.#blobs = sent;
  }

  /** The listener takes its place when the first handler is set, as on the web. */
  #setHandler(type: string, handler: Handler): void {
    const known = this.#handlers.has(type);
    this.#handlers.set(type, typeof handler === "function" ? handler : null);
    if (!known) this.addEventListener(type, (event) => this.#handlers.get(type)?.call(this, event));
  }
}

/** Of its own: the caller may change the bytes afterwards. */
function copyBytes(data: ArrayBufferLike | ArrayBufferView): Uint8Array<ArrayBuffer> {
  if (!ArrayBuffer.isView(data)) return new Uint8Array(data).slice() as Uint8Array<ArrayBuffer>;
  return new Uint8Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** @see RFC 6455, sections 5.5 and 7.4 */
function checkClose(code: number | undefined, reason: string): void {
  if (code !== undefined && !isCloseCode(code)) {
    throw new DOMException(`Cannot close the WebSocket: "${code}" is no code to say`, "InvalidAccessError");
  }
  const size = new TextEncoder().encode(reason).byteLength;
  if (size > 123) {
    throw new DOMException(
      `Cannot close the WebSocket: the reason has ${size} bytes, not 123`,
      "SyntaxError",
    );
  }
}

/** 1004 to 1006 are reserved, and 1015 is never sent. */
function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1014 && !(code >= 1004 && code <= 1006)) || (code >= 3000 && code <= 4999);
}
