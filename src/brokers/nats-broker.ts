/**
 * Keeps the logs of channels in NATS JetStream, for any number of processes.
 *
 * ```ts
 * import { jetstream, jetstreamManager } from "@nats-io/jetstream";
 * import { connect } from "@nats-io/transport-node";
 * import { Channel } from "dodona/channel";
 * import { NatsBroker } from "dodona/nats";
 *
 * const broker = new NatsBroker(async () => {
 *   const connection = await connect({ servers: "nats://localhost", maxReconnectAttempts: -1 });
 *   return { connection, jetstream: jetstream(connection), manager: await jetstreamManager(connection) };
 * });
 * const prices = new Channel("prices", { broker });
 * ```
 *
 * @module
 */

import type { AppendOptions, Broker, BrokerLog, BrokerLogOptions, BrokerStatus } from "../channel/broker.ts";
import type { LogPosition } from "../channel/event-id.ts";
import type { EventRecord } from "../channel/event-record.ts";
import type { Clock } from "../sse/clock.ts";
import { recordToJson } from "./event-json.ts";
import type {
  NatsConnection,
  NatsConsumer,
  NatsJetStream,
  NatsManager,
  NatsMessage,
  NatsStreamConfig,
  NatsStreamInfo,
} from "./nats-client.ts";
import { NatsLog, type NatsLogHost, type NatsLook } from "./nats-log.ts";
import { NatsStreamLife } from "./nats-stream-life.ts";
import { PendingAppends } from "./pending-appends.ts";
import { type RemoteBrokerOptions, readRemoteBrokerOptions } from "./remote-broker-options.ts";
import { checkVersion } from "./server-version.ts";

/** What the application has opened. */
export interface NatsClients {
  readonly connection: NatsConnection;
  /** `jetstream(connection)`. */
  readonly jetstream: NatsJetStream;
  /** `await jetstreamManager(connection)`. */
  readonly manager: NatsManager;
}

/** How the broker behaves; each option has a default that serves. */
export interface NatsBrokerOptions extends RemoteBrokerOptions {
  /** The stream's name. @default "DODONA" */
  stream?: string;
  /** What the subjects of all channels begin with. @default "dodona" */
  subjectPrefix?: string;
  /** How many bytes it keeps, all channels together; -1 for no limit. @default -1 */
  historyBytes?: number;
  /** For how long it keeps them, in milliseconds; 0 for no limit. @default 86400000 */
  historyAgeMs?: number;
  /** On how many servers it is kept. @default 1 */
  replicas?: number;
  /** @default "file" */
  storage?: "file" | "memory";
}

const NANOSECONDS = 1_000_000;
/** JetStream's codes for a stream that is not there, and for a name that is taken by another configuration. */
const STREAM_NOT_FOUND = 10_059;
/** Its codes for a server, and for an account, that has no JetStream. */
const NO_JETSTREAM: readonly unknown[] = [10_076, 10_039];
/** The oldest whose consumers the clients still know how to make. */
const OLDEST = "2.9";
/** How long the first attempts to connect wait for the next, in milliseconds; each twice as long as the one before. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/**
 * A {@linkcode Broker} on NATS JetStream, 2.9 or newer: one stream for all channels, a subject for each. Ids are valid
 * on every node.
 *
 * The stream is made when it is not there; one that is there must keep what the options say.
 *
 * Takes what the application has opened, or a function that opens it. The function is called again, after a while, for as
 * long as it fails: so the broker may be made before its server is there. What it has opened the broker closes; a connection
 * that was given stays the application's, to be closed after the broker.
 */
export class NatsBroker implements Broker, NatsLogHost {
  readonly #settings: StreamSettings;
  readonly #clock: Clock;
  readonly #publishTimeoutMs: number;
  readonly #checkMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #appends: PendingAppends;
  readonly #logs = new Map<string, NatsLog>();
  readonly #followed = new Set<NatsLog>();
  readonly #life: NatsStreamLife;
  readonly #opened: Promise<NatsClients>;
  /** Whether the connection is closed with the broker. */
  readonly #isOwner: boolean;
  #clients: NatsClients | undefined;
  #stream: Promise<NatsClients> | undefined;
  #isUsable = true;
  #connected = false;
  /** Resolves when the connection is there again: what is asked for before would be lost on its way. */
  #online: Promise<void> = Promise.resolve();
  #endOutage = () => {};
  /** How those are told whose answers are lost with the connection. */
  readonly #asked = new Set<(error: Error) => void>();
  #lastError: unknown;
  #errors = 0;
  #cancelCheck: (() => void) | undefined;
  #closed = false;

  /** Throws a `RangeError` for a limit that is no positive number. */
  constructor(clients: NatsClients | (() => Promise<NatsClients>), options: NatsBrokerOptions = {}) {
    const settings = readRemoteBrokerOptions(options);
    this.#settings = readStreamSettings(options, settings);
    this.#life = new NatsStreamLife(this.#settings.stream);
    this.#clock = settings.clock;
    this.#publishTimeoutMs = settings.publishTimeoutMs;
    this.#checkMs = settings.checkMs;
    this.#onError = settings.onError;
    this.#appends = new PendingAppends("NATS", settings);
    this.#isOwner = typeof clients === "function";
    if (typeof clients !== "function") this.#begin(clients);
    this.#opened = typeof clients === "function" ? this.#open(clients) : Promise.resolve(clients);
    this.#opened.catch(() => {
      // Told to whoever waits for it.
    });
  }

  get status(): BrokerStatus {
    const connected = this.#connected && this.#clients?.connection.isClosed() === false;
    return {
      connected: connected && this.#isUsable,
      pending: this.#appends.count,
      lastError: this.#lastError,
      errors: this.#errors,
    };
  }

  open(channel: string, options: BrokerLogOptions): BrokerLog {
    const subject = `${this.#settings.subjectPrefix}.${toToken(channel)}`;
    let log = this.#logs.get(subject);
    if (log === undefined) {
      log = new NatsLog(this, subject, options);
      this.#logs.set(subject, log);
    }
    return log;
  }

  /** Stops following, and closes the connection if the broker has opened it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#appends.close();
    this.#cancelCheck?.();
    this.#endOutage();
    for (const log of this.#logs.values()) log.close();
    this.#logs.clear();
    if (this.#isOwner) await this.#clients?.connection.close();
  }

  append(subject: string, record: EventRecord, { idempotencyKey }: AppendOptions): Promise<LogPosition> {
    const payload = recordToJson(record);
    return this.#appends.run(payload.length, async () => {
      const { jetstream } = await this.#ensureStream();
      const once = idempotencyKey === undefined ? {} : { msgID: `${subject} ${idempotencyKey}` };
      const expect = { streamName: this.#settings.stream };
      const { epoch } = this.#life;
      const { seq } = await jetstream.publish(subject, payload, {
        ...once,
        timeout: this.#publishTimeoutMs,
        expect,
      });
      this.#life.note({ seq }, epoch);
      return { epoch: this.#life.epoch, offset: seq };
    });
  }

  async look(subject: string): Promise<NatsLook> {
    const { manager } = await this.#ensureStream();
    const { state } = await this.unlessLost(this.#life.look(manager.streams)).catch((error) => {
      // It was deleted: the next one is another.
      this.#stream = undefined;
      throw error;
    });
    const query = { last_by_subj: subject };
    const newest = await this.unlessLost(manager.streams.getMessage(this.#settings.stream, query));
    return { epoch: this.#life.epoch, first: state.first_seq, newest: newest?.seq ?? 0 };
  }

  async consume(subject: string, after: number): Promise<NatsConsumer> {
    const { jetstream } = await this.#ensureStream();
    const options = {
      filter_subjects: subject,
      deliver_policy: "by_start_sequence",
      opt_start_seq: after + 1,
    } as const;
    return this.unlessLost(jetstream.consumers.get(this.#settings.stream, options));
  }

  heard(message: NatsMessage, epoch: string): boolean {
    return this.#life.note(message, epoch);
  }

  unlessLost<Answer>(asked: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#asked.add(reject);
      asked.then(resolve, reject).finally(() => this.#asked.delete(reject));
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
    this.#errors++;
    this.#onError(error);
  }

  /** Tries until it is there. */
  async #open(open: () => Promise<NatsClients>): Promise<NatsClients> {
    for (let pauseMs = FIRST_PAUSE_MS; !this.#closed; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        const clients = await open();
        this.#begin(clients);
        return clients;
      } catch (error) {
        this.tell(error);
      }
      await new Promise<void>((resolve) => this.#clock.after(pauseMs, resolve));
    }
    throw new Error("Cannot connect to NATS: the broker is closed");
  }

  #begin(clients: NatsClients): void {
    this.#clients = clients;
    this.#connected = true;
    if (this.#closed && this.#isOwner) clients.connection.close().catch((error) => this.tell(error));
    this.#watch(clients.connection).catch((error) => this.tell(error));
  }

  /** Resolves when the stream is there, and is as it should be. */
  #ensureStream(): Promise<NatsClients> {
    if (this.#stream === undefined) {
      const stream = this.#opened.then((clients) => this.#online.then(() => this.#makeStream(clients)));
      this.#stream = stream;
      stream.then(
        () => {
          this.#isUsable = true;
        },
        () => {
          this.#isUsable = false;
          if (this.#stream === stream) this.#stream = undefined;
        },
      );
    }
    return this.#stream;
  }

  async #makeStream(clients: NatsClients): Promise<NatsClients> {
    checkVersion("NATS", clients.connection.info?.version ?? "", OLDEST);
    const config = toStreamConfig(this.#settings);
    const { streams } = clients.manager;
    try {
      const info = await this.unlessLost(this.#life.look(streams)).catch(async (error) => {
        if ((error as { code?: unknown }).code !== STREAM_NOT_FOUND) throw error;
        await streams.add(config);
        return this.#life.look(streams);
      });
      checkStream(config, info.config);
      return clients;
    } catch (error) {
      throw hasNoJetStream(error)
        ? new Error("Cannot use NATS: JetStream is not enabled there", { cause: error })
        : error;
    }
  }

  /** Hears when the connection goes and comes. */
  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (this.#closed) return;
      if (type === "disconnect") this.#beginOutage();
      if (type !== "reconnect") continue;
      this.#connected = true;
      this.#life.doubt();
      this.#endOutage();
      this.#check(true);
    }
    // The client has given up, and says so to whoever asks.
    this.#endOutage();
  }

  #beginOutage(): void {
    this.#connected = false;
    this.#stream = undefined;
    this.#endOutage();
    this.#online = new Promise((resolve) => {
      this.#endOutage = resolve;
    });
    for (const giveUp of this.#asked) giveUp(new Error("Cannot ask NATS: its connection was lost"));
    this.#asked.clear();
  }

  #check(missed: boolean): void {
    for (const log of this.#followed) log.check(missed).catch((error) => this.tell(error));
  }

  #checkLater(): void {
    this.#cancelCheck ??= this.#clock.after(this.#checkMs, () => {
      this.#cancelCheck = undefined;
      this.#check(false);
      if (this.#followed.size > 0 && !this.#closed) this.#checkLater();
    });
  }
}

/** What the stream is to keep, and how it is called. */
type StreamSettings = Required<
  Omit<NatsBrokerOptions, Exclude<keyof RemoteBrokerOptions, "historyEvents" | "idempotencyWindowMs">>
>;

function readStreamSettings(
  options: NatsBrokerOptions,
  { historyEvents, idempotencyWindowMs }: Required<RemoteBrokerOptions>,
): StreamSettings {
  const { stream = "DODONA", subjectPrefix = "dodona", replicas = 1, storage = "file" } = options;
  const { historyBytes = -1, historyAgeMs = 86_400_000 } = options;
  const kept = { historyEvents, historyBytes, historyAgeMs, idempotencyWindowMs };
  return { stream, subjectPrefix, replicas, storage, ...kept };
}

function toStreamConfig(settings: StreamSettings): NatsStreamConfig {
  return {
    name: settings.stream,
    subjects: [`${settings.subjectPrefix}.*`],
    max_age: settings.historyAgeMs * NANOSECONDS,
    max_bytes: settings.historyBytes,
    max_msgs_per_subject: settings.historyEvents,
    duplicate_window: settings.idempotencyWindowMs * NANOSECONDS,
    num_replicas: settings.replicas,
    retention: "limits",
    discard: "old",
    storage: settings.storage,
  };
}

/** A server without JetStream answers with a code of its own, or has nobody who would answer. */
function hasNoJetStream(error: unknown): boolean {
  const { code, name, cause } = error as { code?: unknown; name?: unknown; cause?: { name?: unknown } };
  return NO_JETSTREAM.includes(code) || name === "JetStreamNotEnabled" || cause?.name === "NoResponders";
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
