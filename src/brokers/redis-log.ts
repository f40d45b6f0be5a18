/**
 * One channel's log in Redis.
 *
 * @module
 */

import type {
  AppendOptions,
  BrokerLog,
  BrokerLogOptions,
  Following,
  HistoryPage,
  PlacedRecord,
} from "../channel/broker.ts";
import { type LogPosition, newEpoch } from "../channel/event-id.ts";
import { EventLog } from "../channel/event-log.ts";
import type { EventRecord } from "../channel/event-record.ts";
import { recordFromJson, recordToJson } from "./event-json.ts";
import { HEAD, READ } from "./redis-scripts.ts";
import { RemoteLog } from "./remote-log.ts";

/** What a log has of its broker. */
export interface RedisLogHost {
  readonly prefix: string;
  readonly historyEvents: number;
  readonly idempotencyWindowMs: number;
  /** Runs a script that writes, unless too many wait already. */
  append(keys: readonly string[], args: readonly string[], bytes: number): Promise<unknown>;
  /** Runs a script. */
  run(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** Hears of what is published on a channel of Redis, from now on; resolves when it does. */
  listen(name: string, log: RedisLog): Promise<void>;
  unlisten(name: string, log: RedisLog): void;
  /** Something failed that nobody waits for. */
  tell(error: unknown): void;
}

/** How long the first attempts to follow wait for the next, in milliseconds; each twice as long as the one before. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** A log in Redis: a stream, and what tells of its events when they come. */
export class RedisLog implements BrokerLog {
  readonly #host: RedisLogHost;
  readonly #channel: string;
  readonly #options: BrokerLogOptions;
  readonly #keys: readonly [stream: string, hash: string];
  readonly #name: string;
  readonly #followers = new Set<() => void>();
  #remote: RemoteLog | undefined;
  #opening: Promise<EventLog> | undefined;
  /** Changed when following ends, so that an opening that is under way stops. */
  #turn = 0;

  constructor(host: RedisLogHost, channel: string, options: BrokerLogOptions) {
    this.#host = host;
    this.#channel = channel;
    this.#options = options;
    // The braces keep the keys of a channel in one slot of a cluster.
    const base = `${host.prefix}{${encodeURIComponent(channel)}}`;
    this.#keys = [`${base}:log`, `${base}:head`];
    this.#name = `${base}:new`;
  }

  async append(record: EventRecord, { idempotencyKey }: AppendOptions = {}): Promise<LogPosition> {
    const json = recordToJson(record);
    const { historyEvents, idempotencyWindowMs } = this.#host;
    const keys: string[] = [...this.#keys];
    if (idempotencyKey !== undefined) keys.push(`${this.#keys[0]}:once:${idempotencyKey}`);
    const args = [
      newEpoch(),
      json,
      String(historyEvents),
      this.#name,
      "PUBLISH",
      String(idempotencyWindowMs),
    ];
    const [epoch, offset] = (await this.#host.append(keys, args, json.length)) as [string, string];
    return { epoch, offset: Number(offset) };
  }

  async head(): Promise<LogPosition> {
    const [epoch, head] = (await this.#host.run(HEAD, this.#keys, [newEpoch()])) as [string, string];
    return { epoch, offset: Number(head) };
  }

  async read(after: LogPosition, limit: number): Promise<HistoryPage> {
    const args = [newEpoch(), after.epoch, String(after.offset), String(limit)];
    const [epoch, head, entries] = (await this.#host.run(READ, this.#keys, args)) as [
      string,
      string,
      Entry[],
    ];
    return this.#page(epoch === after.epoch ? after.offset : 0, { epoch, head: Number(head), entries });
  }

  follow(changed: () => void): Following {
    const follower = () => changed();
    this.#followers.add(follower);
    this.#opening ??= this.#open(this.#turn);
    const remote = () => this.#remote?.log;
    return {
      get log() {
        return remote();
      },
      opened: this.#opening,
      close: () => this.#unfollow(follower),
    };
  }

  /** Something was published: `epoch offset previous event`. */
  onMessage(message: string): void {
    const [epoch = "", offset, previous] = message.split(" ", 3);
    const json = message.slice(`${epoch} ${offset} ${previous} `.length);
    const record = recordFromJson(json);
    if (record === undefined) this.#remote?.catchUp();
    else this.#remote?.receive({ epoch, offset: Number(offset), previous: Number(previous), record });
  }

  /** Something may have been missed. */
  check(): void {
    void this.#remote?.catchUp();
  }

  #unfollow(follower: () => void): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0 || this.#opening === undefined) return;
    this.#turn++;
    this.#opening = undefined;
    this.#remote?.close();
    this.#remote?.log.clear();
    this.#remote = undefined;
    this.#host.unlisten(this.#name, this);
  }

  /** Listens first, and asks then where the log ends, so that nothing falls between the two. */
  async #open(turn: number): Promise<EventLog> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        await this.#host.listen(this.#name, this);
        const head = await this.head();
        return this.#start(head, turn);
      } catch (error) {
        if (turn !== this.#turn) throw error;
        this.#host.tell(error);
      }
      await new Promise<void>((resolve) => this.#options.clock.after(pauseMs, resolve));
      if (turn !== this.#turn) throw closed(this.#channel);
    }
  }

  #start(head: LogPosition, turn: number): EventLog {
    if (turn !== this.#turn) throw closed(this.#channel);
    const { tag, limits, clock } = this.#options;
    const log = new EventLog(tag, head, limits, clock);
    const changed = () => {
      for (const follower of this.#followers) follower();
    };
    this.#remote = new RemoteLog(log, this, changed, (error) => this.#host.tell(error));
    // What came between the two questions.
    this.check();
    return log;
  }

  /** As much as follows without a hole; one at the beginning is told by `from`. */
  #page(after: number, { epoch, head, entries }: Reply): HistoryPage {
    const events: PlacedRecord[] = [];
    let from = after;
    let last = after;
    for (const [id, fields] of entries) {
      const offset = Number(id.split("-", 1)[0]);
      const record = recordFromJson(field(fields, "e"));
      const previous = Number(field(fields, "p"));
      if (record === undefined || !Number.isSafeInteger(previous)) {
        this.#host.tell(new Error(`Cannot read entry ${id} of ${this.#keys[0]}: it is not an event`));
        continue;
      }
      if (previous > last) {
        if (events.length > 0) break;
        from = previous;
      }
      events.push({ offset, record });
      last = offset;
    }
    if (entries.length === 0 && head > after) from = head;
    return { epoch, from, events };
  }
}

type Entry = [id: string, fields: string[]];

interface Reply {
  epoch: string;
  head: number;
  entries: Entry[];
}

function field(fields: readonly string[], name: string): string | undefined {
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}

function closed(channel: string): Error {
  return new Error(`Cannot follow channel ${JSON.stringify(channel)}: its last reader has gone`);
}
