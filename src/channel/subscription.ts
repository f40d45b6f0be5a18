/**
 * One reader of a channel, as an application sees it.
 *
 * @module
 */

import type { ServerSentEventStreamTarget } from "../sse/event-stream-target.ts";
import type { Lease } from "./lease.ts";
import type { ChannelEvent } from "./log-entry.ts";
import type { ResumeOutcome } from "./resume.ts";

/** How a channel is followed. */
export interface SubscribeOptions<Event extends ChannelEvent = ChannelEvent> {
  /**
   * Where a reader begins that brings no id of its own: an id, or `"earliest"` for the oldest event kept. What the
   * reader says of itself (`target.lastEventId`) goes before it, or else each return would begin here again.
   */
  since?: string | undefined;
  /** Whether this reader gets an event. Must be quick, and say the same of the same event each time. */
  filter?: ((event: Event) => boolean) | undefined;
  /**
   * What this reader gets instead: data under the same type, or a `ServerSentEvent`, whose own id is not used;
   * `undefined` for nothing.
   */
  map?: ((event: Event) => unknown) | undefined;
  /** The right to read, where it was made before. */
  lease?: Lease | undefined;
}

/**
 * A cursor in the log of a channel, and the target that it feeds; made by the channel's `subscribe`.
 *
 * It ends with its target, and leaves nothing behind. It holds no events: what its reader has not taken stands in the
 * log, for as long as the log keeps it.
 */
export interface Subscription extends AsyncDisposable {
  /** The channel's name. */
  readonly channel: string;
  /** What is written to. */
  readonly target: ServerSentEventStreamTarget;
  /** The right to read, as it is now; `undefined` where none was asked for. */
  readonly lease: Lease | undefined;
  /** Whose right it is; `""` where nobody is named. */
  readonly principal: string;
  /** Whether it has ended. */
  readonly closed: boolean;
  /** How the reader came; `undefined` until that is known. */
  readonly outcome: ResumeOutcome | undefined;
  /** Resolves with how the reader came, once that is known; with `undefined` when it ended before. */
  readonly ready: Promise<ResumeOutcome | undefined>;
  /** How many events that the log keeps were not sent to the reader yet. */
  readonly lag: number;
  /** The id from which the reader could go on if it came back now, in all that its stream follows; `""` for none. */
  readonly lastEventId: string;
  /** Stops following. The target stays open, and what was sent already still reaches the reader. */
  close(): Promise<void>;
}
