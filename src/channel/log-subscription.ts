/**
 * One reader of a channel: a cursor in its log, and the stream that it feeds.
 *
 * @module
 */

import { diagnostics } from "../sse/diagnostics.ts";
import type { ServerSentEventStreamTarget } from "../sse/event-stream-target.ts";
import type { StreamCloseError } from "../sse/stream-close-error.ts";
import type { ChannelCore, ChannelMember, Past } from "./channel-core.ts";
import type { SubscriptionEnd } from "./channel-metrics.ts";
import { Cursor, type CursorOwner, type CursorView } from "./cursor.ts";
import type { ChannelPosition } from "./event-id.ts";
import type { EventLog } from "./event-log.ts";
import { hasExpired, type Lease, renewLease } from "./lease.ts";
import {
  findSeat,
  lossFrame,
  lossNotice,
  openingFrame,
  type ResumeOutcome,
  readSince,
  type SaidPosition,
  type Seat,
} from "./resume.ts";
import { SeatFinder } from "./seat-finder.ts";
import type { Snapshot, SnapshotSource } from "./snapshot-source.ts";
import type { SubscribeOptions, Subscription } from "./subscription.ts";
import { TargetCursors, type TargetMember } from "./target-cursors.ts";

/** The same, as the channel hands it on. */
export interface SubscriptionInit extends SubscribeOptions {
  /** Asks for the right to read, when the subscription begins. */
  readonly authorize?: (() => Promise<Lease | undefined>) | undefined;
}

/** A {@linkcode Subscription}, as its channel, its stream and its cursor see it. */
export class LogSubscription implements ChannelMember, TargetMember, CursorOwner {
  readonly target: ServerSentEventStreamTarget;
  readonly #core: ChannelCore;
  readonly #cursors: TargetCursors;
  readonly #options: SubscriptionInit;
  #lease: Lease | undefined;
  #said: SaidPosition | "earliest";
  /** From where the reader could go on until it has what it is sent first. */
  #before: ChannelPosition | undefined;
  #log: EventLog | undefined;
  #cursor: Cursor | undefined;
  /** Where the right to read begins, if ids are signed. */
  #start: number | undefined;
  #proof: string | undefined;
  #outcome: ResumeOutcome | undefined;
  #closed = false;
  #isChecking = false;
  #settleReady: ((outcome: ResumeOutcome | undefined) => void) | undefined;
  #ready: Promise<ResumeOutcome | undefined> | undefined;

  constructor(core: ChannelCore, target: ServerSentEventStreamTarget, options: SubscriptionInit) {
    this.#core = core;
    this.target = target;
    this.#options = options;
    this.#lease = options.lease;
    const since = readSince(this.tag, options.since ?? "");
    this.#cursors = TargetCursors.of(target);
    const said = this.#cursors.add(this);
    this.#said = said === "none" ? since : said;
  }

  get channel(): string {
    return this.#core.settings.name;
  }

  /** The channel's mark in ids. */
  get tag(): string {
    return this.#core.tag;
  }

  get lease(): Lease | undefined {
    return this.#lease;
  }

  get principal(): string {
    return this.#lease?.principal ?? "";
  }

  get closed(): boolean {
    return this.#closed;
  }

  get outcome(): ResumeOutcome | undefined {
    return this.#outcome;
  }

  get ready(): Promise<ResumeOutcome | undefined> {
    if (this.#outcome !== undefined || this.#closed) return Promise.resolve(this.#outcome);
    this.#ready ??= new Promise((resolve) => {
      this.#settleReady = resolve;
    });
    return this.#ready;
  }

  get lag(): number {
    return this.#closed ? 0 : (this.#cursor?.lag ?? 0);
  }

  get lastEventId(): string {
    return this.#closed ? "" : this.#cursors.id();
  }

  get position(): ChannelPosition | undefined {
    if (this.#cursor === undefined) return typeof this.#said === "object" ? this.#said : undefined;
    if (this.#cursor.isBeginning) return this.#before;
    return { tag: this.tag, ...this.#cursor.place, start: this.#start, proof: this.#proof };
  }

  get view(): CursorView {
    return this.#options;
  }

  get isSigned(): boolean {
    return this.#proof !== undefined;
  }

  /** Begins, unless its stream has ended already. Called once, by the channel. */
  start(): void {
    const { closeReason } = this.target;
    if (closeReason !== undefined) {
      this.#end(closeReason);
      return;
    }
    const log = this.#core.enter(this);
    // Somebody who was told of it may have ended it.
    if (this.#closed) return;
    const { authorize, lease } = this.#options;
    const asks = (authorize ?? lease ?? this.#core.settings.proofs) !== undefined;
    if (asks || log instanceof Promise || this.#seats.isElsewhere(log)) {
      this.#prepare(log).catch((error) => this.failed(error));
    } else {
      this.#begin(log);
    }
  }

  close(): Promise<void> {
    this.#end("unsubscribed");
    this.#cursors.delete(this);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Ends the stream if the right to read holds no more. Never rejects. */
  async checkLease(): Promise<void> {
    const lease = this.#lease;
    if (lease === undefined || this.#closed) return;
    const { clock } = this.#core.settings;
    // Who takes long to say that a right holds is not asked twice at a time; its end comes nevertheless.
    if (this.#isChecking && !hasExpired(lease, clock)) return;
    this.#isChecking = true;
    let renewed: Lease | undefined;
    try {
      renewed = await renewLease(lease, clock);
    } catch (error) {
      this.#core.tell(error);
    }
    this.#isChecking = false;
    if (this.#closed) return;
    this.#lease = renewed;
    if (renewed === undefined) await this.target.close(hasExpired(lease, clock) ? "expired" : "denied");
  }

  drained(): void {
    this.#cursor?.drained();
  }

  reconsider(): void {
    this.#cursor?.reconsider();
  }

  ended(reason: StreamCloseError): void {
    this.#end(reason.code);
  }

  fell(): void {
    const log = this.#log as EventLog;
    const cursor = this.#cursor as Cursor;
    const seat = findSeat(log, { tag: this.tag, ...cursor.place });
    if (seat.outcome === "resumed") {
      cursor.sit(cursor.place);
      cursor.begin([]);
    } else if (seat.outcome === "gap" && this.#core.hasHistory) {
      this.#readPast(log, cursor);
    } else {
      this.#lose(log, cursor, seat);
    }
  }

  failed(error: unknown): void {
    this.#core.tell(error);
    this.target.abort("error", error);
  }

  /** Finds out what has to be known before the place is. */
  async #prepare(opening: EventLog | Promise<EventLog>): Promise<void> {
    const { authorize, lease } = this.#options;
    if (authorize !== undefined) this.#lease = await authorize();
    else if (lease !== undefined) this.#lease = await renewLease(lease, this.#core.settings.clock);
    if (this.#closed) return;
    if ((authorize ?? lease) !== undefined && this.#lease === undefined) {
      await this.target.close("denied");
      return;
    }
    // A log for which nobody waits any more is not opened.
    const log = await Promise.resolve(opening).catch((error) => {
      if (!this.#closed) throw error;
    });
    if (log === undefined || this.#closed) return;
    const { proofs } = this.#core.settings;
    if (proofs !== undefined && typeof this.#said === "object") {
      const { start, proof } = this.#said;
      const isTheirs = await proofs.admit(this.channel, this.principal, this.#said);
      if (isTheirs) [this.#start, this.#proof] = [start, proof];
      else this.#said = "unknown";
    }
    const seats = this.#seats;
    try {
      const seat = seats.isElsewhere(log) ? await seats.ask(log) : undefined;
      if (!this.#closed) this.#begin(log, seat);
    } catch (error) {
      this.#letComeBack(error);
    }
  }

  get #seats(): SeatFinder {
    // Where ids are signed, a bad one must not open more than coming new does.
    const isOpen = this.#core.settings.proofs === undefined || this.#options.since === "earliest";
    return new SeatFinder(this.#core, this.#said, isOpen);
  }

  #begin(log: EventLog, seat: Seat = this.#seats.find(log)): void {
    this.#log = log;
    const cursor = new Cursor(this.#core, this.#cursors, this, log);
    if (seat.outcome === "gap" && this.#core.hasHistory) {
      cursor.sit(this.#said as ChannelPosition);
      this.#cursor = cursor;
      this.#readPast(log, cursor);
    } else {
      this.#arrive(log, cursor, seat, this.#core.snapshots);
    }
  }

  /** A reader was too slow, or the log has begun anew: it is told, in the way of the channel. */
  #lose(log: EventLog, cursor: Cursor, seat: Seat): void {
    const { slowReaders } = this.#core.settings;
    if (slowReaders === "gap") {
      this.#arrive(log, cursor, seat, this.#core.snapshots);
    } else if (slowReaders === "latest") {
      this.#arrive(log, cursor, { ...seat, offset: log.head }, undefined);
    } else {
      this.#core.counters.outcomes[seat.outcome]++;
      this.#report(seat);
      void this.target.closeForNow(this.#core.randomRetryMs(), "slow");
    }
  }

  /** Brings the reader to its seat: at once, where neither a state nor a proof has to be waited for. */
  #arrive(log: EventLog, cursor: Cursor, seat: Seat, snapshots: SnapshotSource | undefined): void {
    let snapshot: Snapshot | Promise<Snapshot> | undefined;
    this.#before = this.position;
    try {
      // A state older than what the reader has seen would tell it the same things again.
      const { epoch, offset } = this.#before ?? { epoch: "", offset: 0 };
      if (seat.outcome !== "resumed") snapshot = snapshots?.take(log, epoch === log.epoch ? offset : 0);
    } catch (error) {
      this.failed(error);
      return;
    }
    const isProved = this.#core.settings.proofs === undefined || seat.outcome === "resumed";
    if (isProved && !(snapshot instanceof Promise)) this.#speak(log, cursor, seat, snapshot);
    else this.#arriveLater(log, cursor, seat, snapshot).catch((error) => this.failed(error));
  }

  async #arriveLater(
    log: EventLog,
    cursor: Cursor,
    seat: Seat,
    waiting: Snapshot | Promise<Snapshot> | undefined,
  ): Promise<void> {
    const { epoch } = log;
    const snapshot = await waiting;
    const { proofs } = this.#core.settings;
    if (proofs !== undefined && seat.outcome !== "resumed") {
      // The right to read begins here.
      const start = snapshot?.offset ?? seat.offset;
      this.#proof = await proofs.prove(this.channel, this.principal, { epoch, offset: start });
      this.#start = start;
    }
    if (!this.#closed) this.#speak(log, cursor, { ...seat, epoch }, snapshot);
  }

  /** Tells the reader what it has to know first, and lets it go on from its seat. */
  #speak(log: EventLog, cursor: Cursor, seat: Seat, snapshot: Snapshot | undefined): void {
    const { noticeTypes } = this.#core.settings;
    cursor.sit(snapshot ?? { epoch: seat.epoch, offset: seat.offset });
    this.#cursor = cursor;
    this.#settle(seat.outcome);
    this.#report(seat);
    const id = this.#cursors.id();
    const frames: Uint8Array[] = [];
    if (seat.reason === undefined) {
      frames.push(openingFrame(seat.outcome, snapshot === undefined ? id : ""));
    } else {
      const notice = lossNotice(this.channel, log, seat.reason, this.#before, cursor.place);
      const type = seat.outcome === "gap" ? noticeTypes.gap : noticeTypes.reset;
      frames.push(lossFrame(type, notice, snapshot === undefined ? id : undefined));
    }
    if (snapshot !== undefined) frames.push(...snapshot.frames);
    cursor.begin(frames, snapshot !== undefined);
  }

  #settle(outcome: ResumeOutcome): void {
    this.#core.counters.outcomes[outcome]++;
    this.#outcome ??= outcome;
    this.#settleReady?.(this.#outcome);
    this.#settleReady = undefined;
  }

  #report({ reason }: Seat): void {
    if (reason === undefined || !diagnostics.channelLoss.isHeard) return;
    diagnostics.channelLoss.publish({ channel: this.channel, subscription: this, reason });
  }

  /** Goes on from what no longer stands in memory, until what follows does. */
  #readPast(log: EventLog, cursor: Cursor): void {
    this.#followPast(log, cursor).catch((error) => this.#letComeBack(error));
  }

  /** What the broker keeps can't be read now; the reader keeps its place, and comes back for it. */
  #letComeBack(error: unknown): void {
    this.#core.tell(error);
    void this.target.closeForNow(this.#core.randomRetryMs(), "error");
  }

  async #followPast(log: EventLog, cursor: Cursor): Promise<void> {
    for (;;) {
      const { place } = cursor;
      const past = await this.#core.readPast(place);
      if (this.#closed) return;
      const isWhole = past.epoch === place.epoch && past.from === place.offset && past.entries.length > 0;
      if (place.epoch !== log.epoch || !isWhole) return this.#losePast(log, cursor, past);
      if (this.#outcome === undefined) {
        this.#settle("resumed");
        this.#cursors.feed(openingFrame("resumed", this.#cursors.id()));
      }
      if (!(await cursor.takePast(past.entries)) || this.#closed) return;
      if (cursor.place.offset < log.floor) continue;
      cursor.sit(cursor.place);
      cursor.begin([]);
      return;
    }
  }

  /** The past has a hole, or has lost this place: what comes after is read next. */
  #losePast(log: EventLog, cursor: Cursor, past: Past): void {
    const isLost = past.epoch === log.epoch && past.from < cursor.place.offset;
    const seat = findSeat(log, isLost ? "unknown" : { tag: this.tag, ...cursor.place });
    const isLaterPast = past.epoch === log.epoch && past.entries.length > 0;
    const offset = isLaterPast ? Math.min(past.from, seat.offset) : seat.offset;
    // Who would be sent away for it would find the hole again.
    const isToldHere = this.#outcome === undefined || this.#core.settings.slowReaders === "close";
    if (isToldHere) this.#arrive(log, cursor, { ...seat, offset }, this.#core.snapshots);
    else this.#lose(log, cursor, { ...seat, offset });
  }

  #end(reason: SubscriptionEnd): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cursor?.ended();
    this.#core.leave(this, this.#cursor, reason);
    this.#settleReady?.(this.#outcome);
    this.#settleReady = undefined;
  }
}
