/**
 * One channel's log in NATS JetStream.
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
import type { LogPosition } from "../channel/event-id.ts";
import type { EventLog } from "../channel/event-log.ts";
import type { EventRecord } from "../channel/event-record.ts";
import { recordFromJson } from "./event-json.ts";
import { FollowedLog } from "./followed-log.ts";
import type { NatsConsumer, NatsMessage, NatsMessages } from "./nats-client.ts";
import type { RemoteLog } from "./remote-log.ts";

/** What a log has of its broker. */
export interface NatsLogHost {
  append(subject: string, record: EventRecord, options: AppendOptions): Promise<LogPosition>;
  /** How the stream is now, and where the newest message of a subject stands in it: 0 for nowhere. */
  look(subject: string): Promise<NatsLook>;
  /** Makes an ordered consumer of a subject, for what comes after an offset. */
  consume(subject: string, after: number): Promise<NatsConsumer>;
  /** A message of a life of the stream was read. Says whether the stream is sure to be in that life still. */
  heard(message: NatsMessage, epoch: string): boolean;
  /** As an answer of the server; but one that is lost with the connection is not waited for. */
  unlessLost<Answer>(asked: Promise<Answer>): Promise<Answer>;
  /** Counts a log that is followed; the broker then calls its `check` when something may have been missed. */
  followed(log: NatsLog): void;
  unfollowed(log: NatsLog): void;
  tell(error: unknown): void;
}

/** A look at the stream. */
export interface NatsLook {
  readonly epoch: string;
  /** The oldest sequence number that the stream still has. */
  readonly first: number;
  readonly newest: number;
}

/** How long a page is waited for that should be there, in milliseconds. */
const FETCH_MS = 1000;
const decoder = new TextDecoder();

/** A subject of the stream, and the ordered consumer that brings its messages while somebody reads. */
export class NatsLog implements BrokerLog {
  readonly #host: NatsLogHost;
  readonly #subject: string;
  readonly #followed: FollowedLog;
  #messages: NatsMessages | undefined;
  #broughtEpoch = "";
  /** Changed when it ends, so that what is under way stops. */
  #turn = 0;
  #mayHaveMissed = false;

  constructor(host: NatsLogHost, subject: string, options: BrokerLogOptions) {
    this.#host = host;
    this.#subject = subject;
    this.#followed = this.#follow(options);
  }

  append(record: EventRecord, options: AppendOptions = {}): Promise<LogPosition> {
    return this.#host.append(this.#subject, record, options);
  }

  async head(): Promise<LogPosition> {
    const look = await this.#host.look(this.#subject);
    return { epoch: look.epoch, offset: end(look) };
  }

  async read(after: LogPosition, limit: number): Promise<HistoryPage> {
    const look = await this.#host.look(this.#subject);
    const { epoch, first, newest } = look;
    const start = epoch === after.epoch ? after.offset : 0;
    // Whatever was dropped was dropped before the newest; where that is still known, nothing came after.
    if (newest !== 0 && newest <= start) return { epoch, from: start, events: [] };
    const from = Math.max(start, first - 1);
    if (newest === 0) return { epoch, from, events: [] };
    return { epoch, from, events: await this.#host.unlessLost(this.#fetch(epoch, from, limit)) };
  }

  follow(changed: () => void): Following {
    return this.#followed.follow(changed);
  }

  /** The broker is closed. */
  close(): void {
    this.#followed.close();
  }

  /**
   * Reads what is missing, and has the rest brought from there. `missed` says that the connection was away: what the
   * stream has dropped meanwhile was not seen then.
   */
  async check(missed: boolean): Promise<void> {
    const { remote } = this.#followed;
    if (remote === undefined) return;
    this.#mayHaveMissed ||= missed;
    await remote.catchUp();
    this.#mayHaveMissed = false;
    const isBrought = this.#messages !== undefined && this.#broughtEpoch === remote.log.epoch && !missed;
    if (remote === this.#followed.remote && !isBrought) await this.#bring(remote);
  }

  #follow(options: BrokerLogOptions): FollowedLog {
    const host = this.#host;
    const source = {
      isSparse: true,
      begin: () => this.head(),
      source: (log: EventLog) => ({
        head: () => this.#liveHead(log),
        read: (after: LogPosition, limit: number) => this.read(after, limit),
      }),
      started: (remote: RemoteLog) => {
        host.followed(this);
        this.#bring(remote).catch((error) => host.tell(error));
      },
      ended: () => {
        this.#stopBringing();
        host.unfollowed(this);
      },
      tell: (error: unknown) => host.tell(error),
    };
    return new FollowedLog(this.#subject, source, options);
  }

  /** As `head`; but a subject whose events have all been dropped by age has nothing that was not seen. */
  async #liveHead(log: EventLog): Promise<LogPosition> {
    const look = await this.#host.look(this.#subject);
    const isQuiet = look.epoch === log.epoch && look.newest === 0 && !this.#mayHaveMissed;
    return { epoch: look.epoch, offset: isQuiet ? log.head : end(look) };
  }

  /** Has messages brought from the end of the log on. The consumer keeps their order, and misses none that the stream has. */
  async #bring(remote: RemoteLog): Promise<void> {
    this.#stopBringing();
    const turn = this.#turn;
    const { epoch, head } = remote.log;
    const consumer = await this.#host.consume(this.#subject, head);
    if (turn !== this.#turn) return;
    let previous = head;
    const callback = (message: NatsMessage) => {
      this.#receive(remote, message, { epoch, offset: previous });
      previous = message.seq;
    };
    const messages = await consumer.consume({ callback });
    if (turn !== this.#turn) {
      void messages.close();
    } else {
      this.#messages = messages;
      this.#broughtEpoch = epoch;
    }
  }

  #receive(remote: RemoteLog, message: NatsMessage, { epoch, offset: previous }: LogPosition): void {
    const isSure = this.#host.heard(message, epoch);
    const record = this.#toRecord(message);
    if (!isSure) void remote.catchUp();
    else if (record !== undefined) remote.receive({ epoch, offset: message.seq, previous, record });
  }

  #stopBringing(): void {
    this.#turn++;
    this.#messages?.close().catch((error) => this.#host.tell(error));
    this.#messages = undefined;
  }

  async #fetch(epoch: string, after: number, limit: number): Promise<PlacedRecord[]> {
    const consumer = await this.#host.consume(this.#subject, after);
    const events: PlacedRecord[] = [];
    const count = Math.min(limit, (await consumer.info()).num_pending);
    if (count === 0) return events;
    for await (const message of await consumer.fetch({ max_messages: count, expires: FETCH_MS })) {
      this.#host.heard(message, epoch);
      const record = this.#toRecord(message);
      if (record !== undefined) events.push({ offset: message.seq, record });
    }
    consumer.delete().catch((error) => this.#host.tell(error));
    return events;
  }

  #toRecord(message: NatsMessage): EventRecord | undefined {
    const record = recordFromJson(decoder.decode(message.data));
    if (record === undefined) {
      this.#host.tell(
        new Error(`Cannot read message ${message.seq} of ${this.#subject}: it is not an event`),
      );
    }
    return record;
  }
}

function end({ first, newest }: NatsLook): number {
  return newest === 0 ? Math.max(0, first - 1) : newest;
}
