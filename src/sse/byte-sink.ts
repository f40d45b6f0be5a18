/**
 * Where the bytes of a stream go: the port between a target and whatever carries it (a socket, an HTTP/2
 * stream, a `ReadableStream` body).
 *
 * @module
 */

/**
 * PORT. Carries the bytes of one stream to one reader, in the order of the writes.
 *
 * Called by the one owner of the stream, always from the event loop's own turn: `open` once and first, then
 * `write` any number of times, then `close` or `abort`. No method throws and none blocks; after `close`,
 * `abort` or the loss of the peer they do nothing.
 */
export interface ByteSink {
  /** Bytes accepted and not yet taken by the transport; 0 once the sink is closed. */
  readonly bufferedBytes: number;

  /**
   * A number that changes whenever the transport has taken something, and by nothing else: for a transport that takes
   * a write piece by piece, and shows it in `bufferedBytes` only at the end. Seldom asked for.
   */
  readonly progress?: number | undefined;

  /**
   * Names the owner. Above `highWaterMarkBytes` a write answers `false`.
   *
   * When the peer has gone before this call, `observer.closed` is still called, never in the same turn.
   */
  open(observer: SinkObserver, highWaterMarkBytes: number): void;

  /**
   * Accepts all of `bytes`, which the caller must not change afterwards. The answer `false` means that the
   * buffer stands above the mark and that `observer.drained` will be called; it is advice, not a refusal.
   *
   * `isAlone` says that the caller has gathered what this turn has for the stream: a sink that waits for more in the
   * turn need not. It changes nothing of the order.
   */
  write(bytes: Uint8Array, isAlone?: boolean): boolean;

  /** Ends the stream after what was accepted; `observer.closed` follows when the transport has taken it. */
  close(): void;

  /** Ends the stream now and drops what was not taken; `observer.closed` follows. */
  abort(): void;
}

/** What the owner of a {@linkcode ByteSink} is told, by the sink alone and never from inside `write`. */
export interface SinkObserver {
  /** The buffer, once above the mark, stands at or below it again. Never called after `closed`. */
  drained(): void;

  /**
   * Nothing more can be sent. Called exactly once, as soon as it is known, whatever the cause: the owner's
   * `close` or `abort`, or the peer's leaving. `error` is given only when the transport failed in a way that
   * is not a peer leaving.
   */
  closed(error?: unknown): void;
}
