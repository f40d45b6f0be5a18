/**
 * What a channel and its subscriptions share: the log, while somebody reads it, and how it is read.
 *
 * @module
 */

import type { Clock } from "../sse/clock.ts";
import type { BrokerLog, Following } from "./broker.ts";
import { ChannelCounters, type SubscriptionEnd } from "./channel-metrics.ts";
import { Delivery, type LogReader } from "./delivery.ts";
import { channelTag, formatPosition, type LogPosition } from "./event-id.ts";
import type { EventLog, LogLimits } from "./event-log.ts";
import { LogEntry } from "./log-entry.ts";
import type { PositionProofs } from "./position-proofs.ts";
import type { SnapshotSource } from "./snapshot-source.ts";
import type { Subscription } from "./subscription.ts";

/** What is done for a reader who was so slow that the log dropped what it still needed. */
export type SlowPolicy = "gap" | "latest" | "close";

/** What a channel is made with, all decided. */
export interface ChannelSettings {
  readonly name: string;
  readonly limits: LogLimits;
  readonly slowReaders: SlowPolicy;
  /** The types of the events that tell of a loss. */
  readonly noticeTypes: { readonly gap: string; readonly reset: string };
  /** After how many milliseconds a reader comes back that was told to: between the two, at random. */
  readonly retryMs: readonly [least: number, most: number];
  readonly leaseCheckMs: number;
  readonly proofs: PositionProofs | undefined;
  readonly clock: Clock;
  /** Gives numbers from 0 up to 1, without it. */
  readonly random: () => number;
}

/** A subscription, as its channel sees it. */
export interface ChannelMember extends Subscription {
  /** Ends the stream if the right to read holds no more. Never rejects. */
  checkLease(): Promise<void>;
}

/** What the channel itself does. */
export interface ChannelOwner {
  /** Gives the log of the channel, whose ids bear `tag`. */
  open(tag: string): BrokerLog;
  /** A subscription was taken in. */
  onStart(subscription: ChannelMember): void;
  /** A subscription has ended. */
  onEnd(subscription: ChannelMember, reason: SubscriptionEnd): void;
  /** Something of the application's threw. */
  onError(error: unknown): void;
}

/** How many events of the past are read at once. */
const PAGE_EVENTS = 256;

/** Events that no longer stand in memory, encoded. */
export interface Past {
  readonly epoch: string;
  /** Nothing after this offset is missing. */
  readonly from: number;
  readonly entries: readonly LogEntry[];
}

/** The reading side of a channel. */
export class ChannelCore {
  readonly settings: ChannelSettings;
  readonly tag: string;
  readonly counters: ChannelCounters = new ChannelCounters();
  readonly subscriptions: Set<ChannelMember> = new Set();
  snapshots: SnapshotSource | undefined;
  /** Where events are published. */
  readonly brokerLog: BrokerLog;
  readonly #owner: ChannelOwner;
  #following: Following | undefined;
  #delivery: Delivery | undefined;
  /** Pages that are being read, by where they begin: who asks for the same meanwhile gets the same. */
  readonly #pages = new Map<string, Promise<Past>>();

  constructor(settings: ChannelSettings, owner: ChannelOwner) {
    this.settings = settings;
    this.#owner = owner;
    this.tag = channelTag(settings.name);
    this.brokerLog = owner.open(this.tag);
  }

  /** The log, while it stands in memory. */
  get log(): EventLog | undefined {
    return this.#following?.log ?? this.brokerLog.local;
  }

  /** How far the newest event that was heard of is ahead of the log in memory, in offsets. */
  get brokerLag(): number {
    return this.#following?.lag ?? 0;
  }

  /** Whether events may be read that no longer stand in memory. */
  get hasHistory(): boolean {
    return this.brokerLog.read !== undefined;
  }

  /** Takes a subscription in; the first one makes the log be followed. Gives the log when it is there at once. */
  enter(subscription: ChannelMember): EventLog | Promise<EventLog> {
    this.subscriptions.add(subscription);
    this.counters.subscribed++;
    this.#following ??= this.brokerLog.follow(() => this.#delivery?.changed());
    const { log, opened } = this.#following;
    // Who leaves meanwhile does not wait for it.
    opened.catch(() => undefined);
    this.#owner.onStart(subscription);
    return log ?? opened;
  }

  /** The loop that brings the events. Only while the log is there. */
  get delivery(): Delivery {
    if (this.#delivery === undefined) {
      if (this.log === undefined) throw new Error("Cannot deliver from the log: it is not there yet");
      this.#delivery = new Delivery(this.log, this.settings.clock, this.counters);
    }
    return this.#delivery;
  }

  /** Lets a subscription go; with the last one the log is no longer followed. */
  leave(subscription: ChannelMember, reader: LogReader | undefined, reason: SubscriptionEnd): void {
    if (!this.subscriptions.delete(subscription)) return;
    if (reader !== undefined) this.#delivery?.leave(reader);
    this.counters.countEnd(reason);
    if (this.subscriptions.size === 0) this.#unfollow();
    this.#owner.onEnd(subscription, reason);
  }

  /** Tells the application of an error of its own. */
  tell(error: unknown): void {
    this.#owner.onError(error);
  }

  /** Reads on after `after`, once for all who ask for the same at the same time. Rejects as the broker does. */
  readPast(after: LogPosition): Promise<Past> {
    const key = `${after.epoch}.${after.offset}`;
    let past = this.#pages.get(key);
    if (past === undefined) {
      past = this.#readPage(after).finally(() => this.#pages.delete(key));
      this.#pages.set(key, past);
    }
    return past;
  }

  /** A random time after which a reader comes back, in milliseconds. */
  randomRetryMs(): number {
    const [least, most] = this.settings.retryMs;
    return Math.round(least + this.settings.random() * (most - least));
  }

  async #readPage(after: LogPosition): Promise<Past> {
    const page = await this.brokerLog.read?.(after, PAGE_EVENTS);
    if (page === undefined) throw new Error("Cannot read the past of the log: it is not kept");
    const entries: LogEntry[] = [];
    for (const { offset, record } of page.events) {
      const id = formatPosition({ tag: this.tag, epoch: page.epoch, offset });
      entries.push(new LogEntry(record, offset, id, this.settings.clock.now()));
    }
    return { epoch: page.epoch, from: page.from, entries };
  }

  #unfollow(): void {
    this.#delivery?.close();
    this.#delivery = undefined;
    this.#following?.close();
    this.#following = undefined;
  }
}
