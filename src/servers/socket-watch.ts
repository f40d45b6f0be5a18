/**
 * Finds out that the peer of a WebSocket is gone when nothing says so: a cable was pulled, a router forgot.
 *
 * @module
 */

import { systemClock } from "../sse/clock.ts";
import { type Beating, Heartbeat } from "../sse/heartbeat.ts";

/** What a {@linkcode SocketWatch} does to a peer that is silent. */
export interface WatchedPeer {
  ping(): void;
  terminate(): void;
}

/** One timer for the WebSockets of all servers. */
const heartbeat = new Heartbeat(systemClock);

/** Pings a peer that was silent for half of its time, and gives it up when all of it has passed. */
export class SocketWatch implements Beating {
  readonly patienceMs: number;
  readonly #peer: WatchedPeer;
  readonly #heartbeat: Heartbeat;
  #quietSince: number;
  #pinged = false;

  /** Watches from now on, unless `idleTimeout`, in seconds, is 0. */
  constructor(peer: WatchedPeer, idleTimeout: number, beats: Heartbeat = heartbeat) {
    this.patienceMs = idleTimeout * 500;
    this.#peer = peer;
    this.#heartbeat = beats;
    this.#quietSince = beats.now();
    if (idleTimeout > 0) beats.add(this);
  }

  get dueAt(): number {
    return this.#quietSince + this.patienceMs;
  }

  /** The peer said something. */
  heard(): void {
    this.#quietSince = this.#heartbeat.now();
    this.#pinged = false;
  }

  beat(): void {
    this.#quietSince = this.#heartbeat.now();
    if (this.#pinged) {
      this.#peer.terminate();
    } else {
      this.#pinged = true;
      this.#peer.ping();
    }
  }

  /** Watches no more. */
  stop(): void {
    this.#heartbeat.delete(this);
  }
}
