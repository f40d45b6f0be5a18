/**
 * The slice of the packages `@nats-io/transport-node` and `@nats-io/jetstream` that is called.
 *
 * @module
 */

/** What is called of a connection. */
export interface NatsConnection {
  readonly info?: { readonly version?: string; readonly max_payload?: number } | undefined;
  isClosed(): boolean;
  close(): Promise<void>;
  status(): AsyncIterable<{ readonly type: string }>;
}

/** What is called of `jetstream(connection)`. */
export interface NatsJetStream {
  publish(
    subject: string,
    payload: string,
    options: { msgID?: string; timeout: number; expect: { streamName: string } },
  ): Promise<{ readonly seq: number }>;
  readonly consumers: {
    get(stream: string, options: NatsConsumerOptions): Promise<NatsConsumer>;
  };
}

/** An ordered consumer: from where, and of which subject. */
export interface NatsConsumerOptions {
  filter_subjects: string;
  deliver_policy: "by_start_sequence";
  opt_start_seq: number;
}

/** What is called of an ordered consumer. */
export interface NatsConsumer {
  consume(options: { callback: (message: NatsMessage) => void }): Promise<NatsMessages>;
  fetch(options: { max_messages: number; expires: number }): Promise<NatsMessages>;
  info(): Promise<{ readonly num_pending: number }>;
  delete(): Promise<boolean>;
}

/** Messages that are on their way. */
export interface NatsMessages extends AsyncIterable<NatsMessage> {
  close(): Promise<unknown>;
  status(): AsyncIterable<{ readonly type: string }>;
}

/** A message of a stream. */
export interface NatsMessage {
  readonly seq: number;
  /** When the stream took it. */
  readonly time: Date;
  readonly data: Uint8Array;
}

/** What is called of `await jetstreamManager(connection)`. */
export interface NatsManager {
  readonly streams: {
    info(name: string): Promise<NatsStreamInfo>;
    add(config: NatsStreamConfig): Promise<NatsStreamInfo>;
    update(name: string, config: { description: string }): Promise<NatsStreamInfo>;
    getMessage(
      name: string,
      query: { last_by_subj: string } | { seq: number },
    ): Promise<{ readonly seq: number; readonly time: Date } | null>;
  };
}

/** How a stream is made. Times are in nanoseconds. */
export interface NatsStreamConfig {
  name: string;
  subjects: string[];
  max_age: number;
  max_bytes: number;
  max_msgs_per_subject: number;
  duplicate_window: number;
  num_replicas: number;
  retention: "limits";
  discard: "old";
  storage: "file" | "memory";
}

/** What is read of a stream. */
export interface NatsStreamInfo {
  /** When it was made, as RFC 3339 with nanoseconds. */
  readonly created: string;
  readonly config: { readonly [Name in keyof NatsStreamConfig]?: unknown } & {
    readonly name: string;
    readonly description?: unknown;
  };
  /** The first and the last message, and when the stream took the last one, as RFC 3339. */
  readonly state: { readonly first_seq: number; readonly last_seq: number; readonly last_ts: string };
}
