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
import type { EventRecord } from "../channel/event-record.ts";
import { recordFromJson, recordToJson } from "./event-json.ts";
import { FollowedLog } from "./followed-log.ts";
import { HEAD, READ } from "./redis-scripts.ts";

/** What a log has of its broker. */
export interface RedisLogHost {
  readonly prefix: string;
  readonly historyEvents: number;
  readonly idempotencyWindowMs: number;
  /** Runs the script that appends, with the command that tells as its last argument, unless too many wait already. */
  append(keys: readonly string[], args: readonly string[], bytes: number): Promise<unknown>;
  /** Runs a script. */
  run(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  /** Hears of what is published on a channel of Redis, from now on; resolves when it does. */
  listen(name: string, log: RedisLog): Promise<void>;
  unlisten(name: string, log: RedisLog): void;
  /** Something failed that nobody waits for. */
  tell(error: unknown): void;
}

/** A log in Redis: a stream, and what tells of its events when they come. */
export class RedisLog implements BrokerLog {
  readonly #host: RedisLogHost;
  readonly #keys: readonly [stream: string, hash: string];
  readonly #name: string;
  readonly #followed: FollowedLog;
  /** The newest place that this process has heard of. */
  #known: LogPosition = { epoch: "", offset: 0 };

  constructor(host: RedisLogHost, channel: string, options: BrokerLogOptions) {
    this.#host = host;
    // The braces keep the keys of a channel in one slot of a cluster.
    const base = `${host.prefix}{${encodeURIComponent(channel)}}`;
    this.#keys = [`${base}:log`, `${base}:head`];
    this.#name = `${base}:new`;
    this.#followed = this.#follow(channel, options);
  }

  async append(record: EventRecord, { idempotencyKey }: AppendOptions = {}): Promise<LogPosition> {
    const json = recordToJson(record);
    const { historyEvents, idempotencyWindowMs } = this.#host;
    const keys: string[] = [...this.#keys];
    if (idempotencyKey !== undefined) keys.push(`${this.#keys[0]}:once:${idempotencyKey}`);
    const args = [...this.#begin(), json, String(historyEvents), this.#name, String(idempotencyWindowMs)];
    const [epoch, offset] = (await this.#host.append(keys, args, json.length)) as [string, string];
    return this.#know({ epoch, offset: Number(offset) });
  }

  async head(): Promise<LogPosition> {
    const [epoch, head] = (await this.#host.run(HEAD, this.#keys, this.#begin())) as [string, string];
    return this.#know({ epoch, offset: Number(head) });
  }

  async read(after: LogPosition, limit: number): Promise<HistoryPage> {
    const args = [...this.#begin(), after.epoch, String(after.offset), String(limit)];
    const [epoch, head, entries] = (await this.#host.run(READ, this.#keys, args)) as [
      string,
      string,
      Entry[],
    ];
    this.#know({ epoch, offset: Number(head) });
    return this.#page(epoch === after.epoch ? after.offset : 0, { epoch, head: Number(head), entries });
  }

  follow(changed: () => void): Following {
    return this.#followed.follow(changed);
  }

  /** The broker is closed. */
  close(): void {
    this.#followed.close();
  }

  /** Something was published: `epoch offset previous event`. */
  onMessage(message: string): void {
    const [epoch = "", offset, previous] = message.split(" ", 3);
    const json = message.slice(`${epoch} ${offset} ${previous} `.length);
    const record = recordFromJson(json);
    if (record === undefined) this.#followed.remote?.catchUp();
    else
      this.#followed.remote?.receive({ epoch, offset: Number(offset), previous: Number(previous), record });
  }

  /** Something may have been missed. */
  check(): void {
    void this.#followed.remote?.catchUp();
  }

  /** What each script is told first. */
  #begin(): string[] {
    const log = this.#followed.remote?.log;
    if (log !== undefined) this.#know({ epoch: log.epoch, offset: log.head });
    return [newEpoch(), this.#known.epoch, String(this.#known.offset)];
  }

  #know(place: LogPosition): LogPosition {
    if (place.epoch !== this.#known.epoch || place.offset > this.#known.offset) this.#known = place;
    return place;
  }

  #follow(channel: string, options: BrokerLogOptions): FollowedLog {
    const host = this.#host;
    const source = {
      // It listens first, and asks then where the log ends, so that nothing falls between the two.
      begin: async () => {
        await host.listen(this.#name, this);
        return this.head();
      },
      source: () => this,
      // What came between the two.
      started: () => this.check(),
      ended: () => host.unlisten(this.#name, this),
      tell: (error: unknown) => host.tell(error),
    };
    return new FollowedLog(channel, source, options);
  }

  /** As much as follows without a hole; one at the beginning, and that the place was lost, `from` tells. */
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
      if (previous !== last) {
        if (events.length > 0) break;
        from = previous;
      }
      events.push({ offset, record });
      last = offset;
    }
    if (entries.length === 0) from = head;
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
