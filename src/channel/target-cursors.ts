/**
 * The subscriptions of one stream: one id speaks for all of them.
 *
 * @module
 */

import type { ServerSentEventStreamTarget } from "../sse/event-stream-target.ts";
import type { StreamCloseError } from "../sse/stream-close-error.ts";
import type { FedStream, StreamFeeder } from "../sse/stream-writer.ts";
import { toBytes } from "../wire/encode.ts";
import { type ChannelPosition, EventId, formatPosition, MAX_POSITIONS } from "./event-id.ts";
import { idLine } from "./event-record.ts";
import type { SaidPosition } from "./resume.ts";

/** How many places of channels that it does not follow yet a reader may bring along. */
const MAX_CARRIED = 16;
/** One for all: most readers bring nothing along. */
const NONE: readonly never[] = [];

/** A subscription, as its stream sees it. */
export interface TargetMember {
  /** The channel's tag. */
  readonly tag: string;
  /** From where its reader could go on, if it came back now; `undefined` when it would come new. */
  readonly position: ChannelPosition | undefined;
  /** There is room again. */
  drained(): void;
  /** Whether the id of an event is the same for its stream as for others has changed. */
  reconsider(): void;
  /** The stream has ended. */
  ended(reason: StreamCloseError): void;
}

/** What feeds one target: one or several subscriptions, each a cursor in a log. */
export class TargetCursors implements StreamFeeder {
  readonly #target: ServerSentEventStreamTarget;
  #stream: FedStream;
  #members: readonly TargetMember[] = NONE;
  /** What the reader said, of channels that it may still come to follow. */
  #carried: readonly ChannelPosition[] = NONE;
  readonly #isUnknown: boolean;
  #isPlain = false;
  #blocked = false;

  private constructor(target: ServerSentEventStreamTarget) {
    this.#target = target;
    const { lastEventId } = target;
    const id = EventId.parse(lastEventId);
    this.#isUnknown = lastEventId !== "" && id === undefined;
    if (id !== undefined) this.#carried = id.positions;
    this.#stream = target;
    target.feeder = this;
  }

  /** Gives the one of `target`. Throws a `TypeError` when something else feeds it. */
  static of(target: ServerSentEventStreamTarget): TargetCursors {
    const { feeder } = target;
    if (feeder === undefined) return new TargetCursors(target);
    if (feeder instanceof TargetCursors) return feeder;
    throw new TypeError("Cannot subscribe the target: something else feeds it");
  }

  /** Whether the id of an event is the same for this stream as for others. */
  get isPlain(): boolean {
    return this.#isPlain;
  }

  /** Whether the stream takes nothing for now. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Whether the stream has ended. */
  get closed(): boolean {
    return this.#target.closed;
  }

  /**
   * Takes a subscription in, and gives what the reader said of its channel.
   *
   * Throws a `RangeError` for more subscriptions than an id can hold.
   */
  add(member: TargetMember): SaidPosition {
    if (this.#members.length >= MAX_POSITIONS) {
      throw new RangeError(`Cannot subscribe the target: it follows ${MAX_POSITIONS} channels already`);
    }
    // Not by a spread, which would leave room for more in each of very many.
    this.#members = this.#members.concat(member);
    const said = this.#carried.find(({ tag }) => tag === member.tag);
    if (said !== undefined) this.#carried = this.#carried.filter((position) => position !== said);
    this.#lookIfPlain();
    return this.#isUnknown ? "unknown" : (said ?? "none");
  }

  /** Lets a subscription go, and tells the reader the id of those that are left. */
  delete(member: TargetMember): void {
    if (!this.#members.includes(member)) return;
    this.#members = this.#members.filter((other) => other !== member);
    this.#lookIfPlain();
    // It goes on feeding the stream though nobody be left: what the reader said was of its coming, and is used up.
    if (this.#members.length > 0) this.overridden();
  }

  /** The id from which the reader can go on in all that it follows; `""` for none. */
  id(): string {
    let id = "";
    for (const { position } of this.#members) id = join(id, position);
    const room = Math.min(MAX_CARRIED, MAX_POSITIONS - this.#members.length);
    for (const position of this.#carried.slice(0, room)) id = join(id, position);
    return id;
  }

  feeds(stream: FedStream): void {
    this.#stream = stream;
  }

  /** What it feeds. */
  get stream(): FedStream {
    return this.#stream;
  }

  /** The stream takes no more for now. */
  block(): void {
    this.#blocked = true;
  }

  /** Sends whole frames: `false` when the stream takes no more for now, or never again. */
  feed(bytes: Uint8Array, isAlone = false): boolean {
    if (this.#stream.feed(bytes, isAlone)) return true;
    this.#blocked = true;
    return false;
  }

  /** An event with an id of its own went past: the reader's place is said again. */
  overridden(): void {
    const id = this.id();
    if (id !== "") this.feed(toBytes(`${idLine(id)}\n`));
  }

  drained(): void {
    this.#blocked = false;
    for (const member of this.#members) member.drained();
  }

  ended(reason: StreamCloseError): void {
    const members = this.#members;
    this.#members = NONE;
    for (const member of members) member.ended(reason);
  }

  /** Asked of every delivery, and so kept. */
  #lookIfPlain(): void {
    const wasPlain = this.#isPlain;
    this.#isPlain = this.#members.length === 1 && this.#carried.length === 0;
    if (wasPlain !== this.#isPlain) for (const member of this.#members) member.reconsider();
  }
}

function join(id: string, position: ChannelPosition | undefined): string {
  if (position === undefined) return id;
  return id === "" ? formatPosition(position) : `${id}~${formatPosition(position)}`;
}
