/**
 * The port between an application and a server: one request, and the ways to answer it.
 *
 * @module
 */

import type { ByteSink } from "../sse/byte-sink.ts";
import type { HeaderList } from "../sse/response-headers.ts";

/** What stands before the body of a response. */
export interface ResponseHead {
  status: number;
  headers: HeaderList;
}

/** What stands before a file. */
export interface FileHead {
  status: number;
  headers: Headers;
}

/** A body that is read into memory that others own, such as a file. */
export interface BodySource {
  /**
   * Gives the next bytes: the part of `piece` that was filled with them, or memory of their own; nothing at the
   * end. Rejects when they can't be had. The caller waits for one before it asks for another.
   */
  read(piece: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Ends it: there is nothing more to be read. A second call does nothing. */
  close(): void;
}

/** An open file of the disk. What stands at its path by now may be another. */
export interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
  /** In bytes, when it was opened. */
  readonly size: number;
  /** Which file it is, together with `inode`. */
  readonly device: number;
  readonly inode: number;
  readonly closed: boolean;
  /** Keeps the descriptor for whoever else reads by it, though the file be closed, until what it gives is called, once. */
  borrow(): () => void;
  /** A second call does nothing. */
  close(): void;
}

/** How a connection becomes a WebSocket. */
export interface UpgradeOptions {
  /** The subprotocol to confirm; it must be one that the client offered. */
  protocol?: string;
  /** How long the peer may be silent before the connection is given up, in seconds; 0 for ever. @default 120 */
  idleTimeout?: number;
}

/**
 * PORT. A request as a server hands it to an application.
 *
 * Called by `Request`, `Context` and `respond`, from anywhere in the life of the request. It is answered
 * exactly once, by one of `respond`, `respondPlain`, `respondFile`, `respondFrom`, `openStream` and `upgrade`;
 * a second answer throws a `TypeError`, and one that throws for a head that can't be sent was none. When the client
 * goes before the answer is complete, `signal` is aborted.
 */
export interface ServerRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  /** The whole URL, where the server knows it. */
  readonly rawUrl?: string | undefined;
  readonly headers: Headers;
  /** The address of the client's end of the connection. */
  readonly remoteAddr: string | undefined;
  /** The request as the Fetch Standard has it, where there is one. */
  readonly request?: globalThis.Request | undefined;
  /** Aborted when the client is gone, where the server notices. */
  readonly signal?: AbortSignal | undefined;
  /** The major version of the protocol, where it is known. */
  readonly httpVersion?: 1 | 2 | undefined;

  /** The value of one header, by its lower-case name, without making the `Headers` of all. */
  getHeader?(name: string): string | null;
  /** The body, or `null` where there is none. Asked for once. */
  getBody(): ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /**
   * A faster way to read a body of UTF-8, whose announced length has been found good. Rejects when the
   * client leaves before its end; with a `TypeError` when it was read already.
   */
  readText?(): Promise<string>;
  /**
   * A faster way to the whole body than to read the stream of `getBody`, and asked for instead of it. It may be
   * memory that holds more than the body. Rejects with an `HttpError`: 413 above `limitBytes`, 400 when the client
   * leaves; with a `TypeError` when it was read already.
   */
  readBody?(limitBytes: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Answers with `response`; resolves when the client has it all, or is gone. Never rejects. */
  respond(response: globalThis.Response): void | Promise<void>;
  /** Gives up a request that was not answered: the client gets a 500, or nothing. Else does nothing; never throws. */
  error(reason?: unknown): void;

  /**
   * A faster way to answer with a body that is all there: no `Response` and no `Headers` are made. The server
   * announces the body's length unless the head does, or its status has no body; for HEAD it sends no more than
   * that.
   *
   * @see RFC 9110, section 8.6
   */
  respondPlain?(head: ResponseHead, body: string | Uint8Array<ArrayBuffer> | null): void;
  /**
   * A faster way to answer GET with all of a file, which the runtime reads by itself, and which is closed in the end.
   * Resolves when the client has it all, or is gone. Never rejects. `undefined` when it can't be done: then it was no
   * answer, and nothing has happened.
   */
  respondFile?(head: FileHead, file: OpenFile): Promise<void> | undefined;
  /**
   * A faster way to answer GET with a body that is read from elsewhere: no memory is taken for it. Resolves when
   * the client has it all, or is gone; the source is at its end then, or was closed. Never rejects.
   */
  respondFrom?(head: ResponseHead, source: BodySource): Promise<void>;
  /** A faster way to answer with a stream; the head leaves with the first write. */
  openStream?(head: ResponseHead): ByteSink;
  /**
   * Answers by making the connection a WebSocket, which opens in a later turn. Not there where the server can't.
   *
   * Bounds: a message of 16 MiB (Deno: as it has them), 64 MiB unsent. Throws a `TypeError` for a request that asks for
   * none, and when it was answered already; a `RangeError` for an `idleTimeout` out of bounds.
   */
  upgrade?(options?: UpgradeOptions): WebSocket;
}

/** The value of a header of `request`, by its lower-case name. */
export function readHeader(
  request: Pick<ServerRequest, "headers" | "getHeader">,
  name: string,
): string | null {
  if (request.getHeader !== undefined) return request.getHeader(name);
  // The pseudo-headers of HTTP/2 are no names for `Headers`.
  return name.startsWith(":") ? null : request.headers.get(name);
}
