/**
 * Keeps the logs of channels in NATS JetStream, for any number of processes.
 *
 * ```ts
 * import { jetstream, jetstreamManager } from "@nats-io/jetstream";
 * import { connect } from "@nats-io/transport-node";
 * import { Channel } from "dodona/channel";
 * import { NatsBroker } from "dodona/nats";
 *
 * const connection = await connect({ servers: "nats://localhost" });
 * const broker = new NatsBroker({
 *   connection,
 *   jetstream: jetstream(connection),
 *   manager: await jetstreamManager(connection),
 * });
 * const prices = new Channel("prices", { broker });
 * ```
 *
 * @module
 */

import type { AppendOptions, Broker, BrokerLog, BrokerLogOptions, BrokerStatus } from "../channel/broker.ts";
import type { LogPosition } from "../channel/event-id.ts";
import type { EventRecord } from "../channel/event-record.ts";
import { type Clock, systemClock } from "../sse/clock.ts";
import { recordToJson } from "./event-json.ts";
import type {
  NatsConnection,
  NatsConsumer,
  NatsJetStream,
  NatsManager,
  NatsStreamConfig,
  NatsStreamInfo,
} from "./nats-client.ts";
import { NatsLog, type NatsLogHost, type NatsLook } from "./nats-log.ts";

/** What the application has opened. */
export interface NatsClients {
  readonly connection: NatsConnection;
  /** `jetstream(connection)`. */
  readonly jetstream: NatsJetStream;
  /** `await jetstreamManager(connection)`. */
  readonly manager: NatsManager;
}

/** How the broker behaves; each option has a default that serves. */
export interface NatsBrokerOptions {
  /** The stream's name. @default "DODONA" */
  stream?: string;
  /** What the subjects of all channels begin with. @default "dodona" */
  subjectPrefix?: string;
  /** How many events of each channel the stream keeps. @default 100000 */
  historyEvents?: number;
  /** How many bytes it keeps, all channels together; -1 for no limit. @default -1 */
  historyBytes?: number;
  /** For how long it keeps them, in milliseconds; 0 for no limit. @default 86400000 */
  historyAgeMs?: number;
  /** For how long an idempotency key is remembered, in milliseconds. @default 120000 */
  idempotencyWindowMs?: number;
  /** On how many servers it is kept. @default 1 */
  replicas?: number;
  /** @default "file" */
  storage?: "file" | "memory";
  /** How many events may wait to be appended, all channels together; one more is refused. @default 1000 */
  maxPending?: number;
  /** How many bytes these may have. @default 8388608 */
  maxPendingBytes?: number;
  /** After how many milliseconds an event that could not be appended is given up. @default 10000 */
  publishTimeoutMs?: number;
  /** How often it is looked whether something was missed, in milliseconds. @default 10000 */
  checkMs?: number;
  /** Told of what fails and nobody waits for: connections, foreign messages. */
  onError?: (error: unknown) => void;
  /** @default the system's */
  clock?: Clock;
}

const DEFAULTS = {
  stream: "DODONA",
  subjectPrefix: "dodona",
  historyEvents: 100_000,
  historyBytes: -1,
  historyAgeMs: 86_400_000,
  idempotencyWindowMs: 120_000,
  replicas: 1,
  storage: "file" as const,
  maxPending: 1000,
  maxPendingBytes: 8 * 1024 * 1024,
  publishTimeoutMs: 10_000,
  checkMs: 10_000,
  onError: () => undefined,
  clock: systemClock,
};

const NANOSECONDS = 1_000_000;
/** JetStream's codes for a stream that is not there, and for a name that is taken by another configuration. */
const STREAM_NOT_FOUND = 10_059;

/**
 * A {@linkcode Broker} on NATS JetStream, 2.9 or newer: one stream for all channels, a subject for each. Ids are valid
 * on every node.
 *
 * The stream is made when it is not there; one that is there must keep what the options say. The connection stays the
 * application's, to be closed after the broker.
 */
export class NatsBroker implements Broker, NatsLogHost {
  readonly #clients: NatsClients;
  readonly #options: Required<NatsBrokerOptions>;
  readonly #logs = new Map<string, NatsLog>();
  readonly #followed = new Set<NatsLog>();
  #stream: Promise<NatsStreamInfo> | undefined;
  #epoch = "";
  #pending = 0;
  #pendingBytes = 0;
  #connected = true;
  #lastError: unknown;
  #cancelCheck: (() => void) | undefined;
  #closed = false;

  constructor(clients: NatsClients, options: NatsBrokerOptions = {}) {
    this.#clients = clients;
    this.#options = { ...DEFAULTS, ...options };
    this.#watch().catch((error) => this.tell(error));
  }

  get status(): BrokerStatus {
    const connected = this.#connected && !this.#clients.connection.isClosed();
    return { connected, pending: this.#pending, lastError: this.#lastError };
  }

  open(channel: string, options: BrokerLogOptions): BrokerLog {
    const subject = `${this.#options.subjectPrefix}.${toToken(channel)}`;
    let log = this.#logs.get(subject);
    if (log === undefined) {
      log = new NatsLog(this, subject, options);
      this.#logs.set(subject, log);
    }
    return log;
  }

  /** Stops following. The connection stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelCheck?.();
    this.#logs.clear();
  }

  async append(subject: string, record: EventRecord, options: AppendOptions): Promise<LogPosition> {
    const { stream, maxPending, maxPendingBytes, publishTimeoutMs } = this.#options;
    if (this.#closed) throw new Error("Cannot append to the log: its broker is closed");
    const payload = recordToJson(record);
    if (this.#pending >= maxPending || this.#pendingBytes + payload.length > maxPendingBytes) {
      throw new Error(`Cannot append to the log: ${this.#pending} events wait for NATS already`);
    }
    this.#pending++;
    this.#pendingBytes += payload.length;
    try {
      await this.#ensureStream();
      const { idempotencyKey } = options;
      const once = idempotencyKey === undefined ? {} : { msgID: `${subject} ${idempotencyKey}` };
      const sent = { ...once, timeout: publishTimeoutMs, expect: { streamName: stream } };
      const { seq } = await this.#clients.jetstream.publish(subject, payload, sent);
      return { epoch: this.#epoch, offset: seq };
    } finally {
      this.#pending--;
      this.#pendingBytes -= payload.length;
    }
  }

  async look(subject: string): Promise<NatsLook> {
    await this.#ensureStream();
    const { streams } = this.#clients.manager;
    const info = await streams.info(this.#options.stream).catch((error) => {
      // It was deleted: the next one is another.
      this.#stream = undefined;
      throw error;
    });
    this.#epoch = toEpoch(info.created);
    const newest = await streams.getMessage(this.#options.stream, { last_by_subj: subject });
    return { epoch: this.#epoch, first: info.state.first_seq, newest: newest?.seq ?? 0 };
  }

  consume(subject: string, after: number): Promise<NatsConsumer> {
    return this.#clients.jetstream.consumers.get(this.#options.stream, {
      filter_subjects: subject,
      deliver_policy: "by_start_sequence",
      opt_start_seq: after + 1,
    });
  }

  followed(log: NatsLog): void {
    this.#followed.add(log);
    this.#checkLater();
  }

  unfollowed(log: NatsLog): void {
    this.#followed.delete(log);
  }

  tell(error: unknown): void {
    this.#lastError = error;
    this.#options.onError(error);
  }

  #ensureStream(): Promise<NatsStreamInfo> {
    if (this.#stream === undefined) {
      this.#stream = this.#makeStream();
      this.#stream.catch(() => {
        this.#stream = undefined;
      });
    }
    return this.#stream;
  }

  async #makeStream(): Promise<NatsStreamInfo> {
    const { stream: name, subjectPrefix, replicas, storage } = this.#options;
    const { historyEvents, historyBytes, historyAgeMs, idempotencyWindowMs } = this.#options;
    const { streams } = this.#clients.manager;
    const config: NatsStreamConfig = {
      name,
      subjects: [`${subjectPrefix}.*`],
      max_age: historyAgeMs * NANOSECONDS,
      max_bytes: historyBytes,
      max_msgs_per_subject: historyEvents,
      duplicate_window: idempotencyWindowMs * NANOSECONDS,
      num_replicas: replicas,
      retention: "limits",
      discard: "old",
      storage,
    };
    let info: NatsStreamInfo;
    try {
      info = await streams.info(name);
    } catch (error) {
      if ((error as { code?: unknown }).code !== STREAM_NOT_FOUND) throw error;
      info = await streams.add(config);
    }
    checkStream(config, info.config);
    this.#epoch = toEpoch(info.created);
    return info;
  }

  /** Hears when the connection goes and comes. */
  async #watch(): Promise<void> {
    for await (const { type } of this.#clients.connection.status()) {
      if (this.#closed) return;
      if (type === "disconnect") this.#connected = false;
      if (type !== "reconnect") continue;
      this.#connected = true;
      this.#check(true);
    }
  }

  #check(missed: boolean): void {
    for (const log of this.#followed) log.check(missed).catch((error) => this.tell(error));
  }

  #checkLater(): void {
    this.#cancelCheck ??= this.#options.clock.after(this.#options.checkMs, () => {
      this.#cancelCheck = undefined;
      this.#check(false);
      if (this.#followed.size > 0 && !this.#closed) this.#checkLater();
    });
  }
}

/** Throws an `Error` for a stream that is there and keeps something else than what is wanted. */
function checkStream(wanted: NatsStreamConfig, found: NatsStreamInfo["config"]): void {
  for (const [name, value] of Object.entries(wanted)) {
    const other = found[name as keyof NatsStreamConfig];
    if (JSON.stringify(other) === JSON.stringify(value)) continue;
    const said = `${JSON.stringify(other)}, not ${JSON.stringify(value)}`;
    throw new Error(`Cannot use the stream ${JSON.stringify(wanted.name)}: its ${name} is ${said}`);
  }
}

/** A channel's name as one token of a subject. */
function toToken(channel: string): string {
  return encodeURIComponent(channel).replace(/[.*!'()~]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
}

/** The time at which a stream was made, to the nanosecond, as a short word. */
function toEpoch(created: string): string {
  const [, seconds = "", fraction = ""] = /^([^.]+)(?:\.(\d+))?/.exec(created) ?? [];
  const time = Date.parse(`${seconds.replace(/Z$/, "")}Z`);
  return (BigInt(time) * 1_000_000n + BigInt(fraction.padEnd(9, "0"))).toString(36);
}
