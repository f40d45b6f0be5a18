/**
 * Binds ids to a channel and to who reads it, so that nobody can name a place that it may not read from.
 *
 * @module
 */

import type { KeyStackLike } from "../http/key-stack.ts";
import type { ChannelPosition, LogPosition } from "./event-id.ts";

/**
 * Signs where a reader's right begins, once for each reader; its ids then carry that start with its proof.
 *
 * A reader may change the offset in an id: to any place after its start, all of which it was allowed to read. It can't
 * name an earlier one, nor one of another channel, of another life of the log or of another principal.
 */
export class PositionProofs {
  readonly #keys: KeyStackLike;

  constructor(keys: KeyStackLike) {
    this.#keys = keys;
  }

  /** Gives the proof that `principal` may read `channel` from `start` on. */
  prove(channel: string, principal: string, start: LogPosition): Promise<string> {
    return this.#keys.sign(statement(channel, principal, start));
  }

  /** Whether `position` was given to `principal` by `channel`, or lies after one that was. Never rejects. */
  async admit(channel: string, principal: string, position: ChannelPosition): Promise<boolean> {
    const { epoch, offset, start, proof } = position;
    if (start === undefined || proof === undefined || offset < start) return false;
    try {
      return await this.#keys.verify(statement(channel, principal, { epoch, offset: start }), proof);
    } catch {
      // What can't be verified was not proved.
      return false;
    }
  }
}

function statement(channel: string, principal: string, { epoch, offset }: LogPosition): string {
  return JSON.stringify(["channel position", channel, principal, epoch, offset]);
}
