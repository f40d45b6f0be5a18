/**
 * A channel: what is published reaches all its readers, each event in order, once, or they are told what they missed.
 *
 * ```ts
 * import { Application, Router } from "dodona";
 * import { Channel } from "dodona/channel";
 *
 * const prices = new Channel<{ price: { symbol: string; cents: number } }>("prices");
 * const router = new Router();
 * router.get("/prices", (ctx) => prices.stream(ctx));
 *
 * const app = new Application();
 * app.use(router.routes());
 * setInterval(() => prices.publish("price", { symbol: "OAK", cents: 1210 }), 1000);
 * await app.listen({ port: 8000 });
 * ```
 *
 * @module
 */

import { createHttpError } from "../http/http-error.ts";
import { diagnostics } from "../sse/diagnostics.ts";
import { ErrorEvent } from "../sse/error-event.ts";
import type {
  ServerSentEventStreamTarget,
  ServerSentEventTargetOptions,
} from "../sse/event-stream-target.ts";
import { ServerSentEvent } from "../sse/server-sent-event.ts";
import type { AppendOptions, Broker } from "./broker.ts";
import { ChannelCore } from "./channel-core.ts";
import { type ChannelEventMap, SubscriptionEvent } from "./channel-events.ts";
import type { ChannelMetrics } from "./channel-metrics.ts";
import { type ChannelOptions, readChannelOptions } from "./channel-options.ts";
import { formatPosition } from "./event-id.ts";
import { type EventRecord, MAX_KEY_LENGTH, makeRecord } from "./event-record.ts";
import { checkBySchema, type StandardSchema } from "./event-schema.ts";
import { type Lease, readLease } from "./lease.ts";
import type { ChannelEvent } from "./log-entry.ts";
import { LogSubscription } from "./log-subscription.ts";
import { MemoryBroker } from "./memory-broker.ts";
import { SnapshotSource } from "./snapshot-source.ts";
import type { SubscribeOptions, Subscription } from "./subscription.ts";

/** What else may be said of an event that is published. */
export interface PublishOptions {
  /**
   * Of what the event is the state. A reader who is behind gets only the newest event of each key; one who keeps up gets
   * all. 1 to 256 characters.
   */
  key?: string | undefined;
  /**
   * An event that is published again with the same key, within two minutes or what the broker is set to, is not
   * appended again: `publish` gives the id of the first. 1 to 256 characters.
   */
  idempotencyKey?: string | undefined;
}

/** The events of a channel, by type, as its readers' filters and maps see them. */
export type EventOf<Events> = {
  [Type in keyof Events & string]: ChannelEvent<Type, Events[Type]>;
}[keyof Events & string];

/** How a target follows a channel. */
export interface ChannelSubscribeOptions<Events, ReaderContext> extends SubscribeOptions<EventOf<Events>> {
  /** Handed to the channel's `authorize`. */
  context?: ReaderContext;
}

/** What `stream` needs of a request's context. */
export interface EventStreamContext {
  sendEvents(options?: ServerSentEventTargetOptions): ServerSentEventStreamTarget;
}

/** A function that is told of an event of a channel itself. */
type Listener<Type extends keyof ChannelEventMap> =
  | ((event: ChannelEventMap[Type]) => unknown)
  | EventListenerObject;

/**
 * Publishes to any number of readers. `Events` names the types of its events and their data.
 *
 * Each event is encoded once, and what one turn of the event loop publishes leaves in one write for each reader. A reader
 * is a cursor in the channel's log: who returns goes on where it was, who is slow costs nothing, and who lost something
 * is told by an event (`gap`, `reset`). Dispatches `subscribe` and `unsubscribe`, and `error` for what a filter, a map,
 * a snapshot or a lease of the application throws.
 */
export class Channel<Events extends object = Record<string, unknown>, ReaderContext = unknown>
  extends EventTarget
  implements AsyncDisposable
{
  readonly name: string;
  readonly #options: ChannelOptions<Events, ReaderContext>;
  readonly #core: ChannelCore;
  readonly #broker: Broker;
  /** What is being checked by a schema that takes its time; what is published meanwhile waits for its turn. */
  #before: Promise<unknown> | undefined;
  #cancelLeaseCheck: (() => void) | undefined;
  #closed = false;

  /** Throws a `TypeError` or a `RangeError` for a name or options that are not good. */
  constructor(name: string, options: ChannelOptions<Events, ReaderContext> = {}) {
    super();
    const settings = readChannelOptions(name, options);
    this.name = name;
    this.#options = options;
    this.#broker = options.broker ?? new MemoryBroker();
    const { limits, clock } = settings;
    this.#core = new ChannelCore(settings, {
      open: (tag) => this.#broker.open(name, { limits, clock, tag }),
      onStart: (subscription) => {
        if (diagnostics.channelSubscribe.isHeard) {
          diagnostics.channelSubscribe.publish({ channel: name, subscription });
        }
        this.dispatchEvent(new SubscriptionEvent("subscribe", subscription));
      },
      onEnd: (subscription, reason) => {
        if (this.size === 0) this.#stopWatchingLeases();
        if (diagnostics.channelUnsubscribe.isHeard) {
          diagnostics.channelUnsubscribe.publish({ channel: name, subscription, reason });
        }
        this.dispatchEvent(new SubscriptionEvent("unsubscribe", subscription, reason));
      },
      onError: (error) => this.#tell(error),
    });
  }

  /** How many subscriptions are open. */
  get size(): number {
    return this.#core.subscriptions.size;
  }

  /** The open subscriptions. */
  get subscriptions(): Iterable<Subscription> {
    return this.#core.subscriptions.values();
  }

  /** What it has counted, and how it stands. */
  get metrics(): ChannelMetrics {
    const { counters, subscriptions, log } = this.#core;
    const { ended, outcomes, ...counts } = counters;
    const { connected, pending, errors = 0, lastError } = this.#broker.status;
    return {
      channel: this.name,
      subscriptions: subscriptions.size,
      ...counts,
      ended: { ...ended },
      outcomes: { ...outcomes },
      log: { events: log?.size ?? 0, bytes: log?.byteLength ?? 0 },
      broker: { connected, pending, lag: this.#core.brokerLag, errors, lastError },
    };
  }

  /**
   * Publishes an event: of a type with its data, or one that was prepared, which must have no id and no `retry`.
   *
   * Resolves with its id once the log has it; what is published one after another keeps its order. Rejects with a
   * `TypeError` for what can't stand in an event, with an `EventSchemaError` for data that its schema refuses, with a
   * `RangeError` for an event larger than the log, and as the broker does.
   */
  publish<Type extends keyof Events & string>(
    type: Type,
    data: Events[Type],
    options?: PublishOptions,
  ): Promise<string>;
  publish(event: ServerSentEvent, options?: PublishOptions): Promise<string>;
  async publish(
    typeOrEvent: string | ServerSentEvent,
    dataOrOptions?: unknown,
    options?: PublishOptions,
  ): Promise<string> {
    try {
      if (this.#closed)
        throw new Error(`Cannot publish to channel ${JSON.stringify(this.name)}: it is closed`);
      const isPrepared = typeOrEvent instanceof ServerSentEvent;
      const given = (isPrepared ? dataOrOptions : options) as PublishOptions | undefined;
      const accept = (data: unknown) => this.#accept(makeRecord(typeOrEvent, data, given?.key));
      const schema = isPrepared ? undefined : this.#schema(typeOrEvent);
      const append = { idempotencyKey: checkIdempotencyKey(given?.idempotencyKey) };
      if (isPrepared) return await this.#inTurn(accept(undefined), append);
      if (schema === undefined) return await this.#inTurn(accept(dataOrOptions), append);
      const data = checkBySchema(schema, typeOrEvent, dataOrOptions);
      return await this.#inTurn(data instanceof Promise ? data.then(accept) : accept(data), append);
    } catch (error) {
      this.#core.counters.refused++;
      throw error;
    }
  }

  /**
   * Lets `target` follow: it begins at once, with what is published from now on, or where its reader left off.
   *
   * Where the channel asks for the right to read, `context` is handed to `authorize`, or a `lease` is given; a target
   * without the right is closed. On a target that has ended the subscription is closed from the beginning, and no event
   * tells of it. Throws a `TypeError` without either, and when the target is fed otherwise, and a
   * `RangeError` when the target follows too many channels.
   */
  subscribe(
    target: ServerSentEventStreamTarget,
    options: ChannelSubscribeOptions<Events, ReaderContext> = {},
  ): Subscription {
    if (this.#closed && !target.closed)
      throw new TypeError(`Cannot subscribe to channel ${JSON.stringify(this.name)}: it is closed`);
    const { context, lease, ...others } = options;
    const { authorize } = this.#options;
    if (authorize !== undefined && lease === undefined && !("context" in options)) {
      throw new TypeError(
        `Cannot subscribe to channel ${JSON.stringify(this.name)}: it wants a context or a lease`,
      );
    }
    const asks = authorize !== undefined && lease === undefined;
    const init = asks ? { authorize: () => this.authorize(context as ReaderContext) } : { lease };
    const subscription = new LogSubscription(this.#core, target, {
      ...(others as SubscribeOptions),
      ...init,
    });
    subscription.start();
    if (!subscription.closed && (asks || lease !== undefined)) this.#watchLeases();
    return subscription;
  }

  /**
   * Answers a request with a stream that follows the channel, in one call: asks for the right to read, sends the head,
   * subscribes.
   *
   * Rejects with a 403 for who may not read, before anything was sent. A channel that is closed tells the reader to come
   * back, as a server does that shuts down.
   */
  async stream(
    context: ReaderContext & EventStreamContext,
    options: ServerSentEventTargetOptions & SubscribeOptions<EventOf<Events>> = {},
  ): Promise<Subscription> {
    const { since, filter, map, lease: given, ...targetOptions } = options;
    let lease = given;
    if (this.#options.authorize !== undefined && lease === undefined) {
      lease = await this.authorize(context);
      if (lease === undefined)
        throw createHttpError(403, `Channel ${JSON.stringify(this.name)} is not for everybody`);
    }
    const target = context.sendEvents(targetOptions);
    if (this.#closed) void target.closeForNow(this.#core.randomRetryMs(), "shutdown");
    return this.subscribe(target, { since, filter, map, lease });
  }

  /** Asks for the right to read; `undefined` for who has none. Rejects as the channel's `authorize` does. */
  async authorize(context: ReaderContext): Promise<Lease | undefined> {
    const { authorize } = this.#options;
    return authorize === undefined ? {} : readLease(await authorize(context, this.name));
  }

  /**
   * Shows readers the present state when they come new, or have lost something: what `make` gives, as an event of the
   * type `type`, or as the `ServerSentEvent`s that it gives; then all that was published after. Readers that come at
   * once share one call.
   */
  snapshot(make: () => unknown, options: { type?: string } = {}): this {
    this.#core.snapshots = new SnapshotSource(make, options.type ?? "snapshot", this.#core.settings.clock);
    return this;
  }

  /**
   * Gives the id of the present end of the log: for a page that shows the state of now, and whose reader is to begin
   * here. Where ids are signed it is for `principal` alone.
   */
  async lastEventId(principal = ""): Promise<string> {
    const place = await this.#core.brokerLog.head();
    const { proofs } = this.#core.settings;
    const proof = await proofs?.prove(this.name, principal, place);
    return formatPosition({ tag: this.#core.tag, ...place, start: place.offset, proof });
  }

  /** Ends the streams of the subscriptions that `predicate` names, for the reason `kick`; gives how many. */
  kick(predicate: (subscription: Subscription) => boolean, cause?: unknown): number {
    const kicked = [...this.#core.subscriptions].filter(predicate);
    for (const { target } of kicked) void target.close("kick", cause);
    return kicked.length;
  }

  /** Ends the streams of all subscriptions, and the log if it lives in this process for this channel alone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopWatchingLeases();
    await Promise.all(Array.from(this.#core.subscriptions, ({ target }) => target.close("shutdown")));
    if (this.#options.broker === undefined) await this.#broker.close();
  }

  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  override addEventListener<Type extends keyof ChannelEventMap>(
    type: Type,
    listener: Listener<Type> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
  }

  #schema(type: string): StandardSchema | undefined {
    const schemas = this.#options.schemas as Readonly<Record<string, StandardSchema | undefined>> | undefined;
    return schemas !== undefined && Object.hasOwn(schemas, type) ? schemas[type] : undefined;
  }

  #accept(record: EventRecord): EventRecord {
    const { gap, reset } = this.#core.settings.noticeTypes;
    if (record.type === gap || record.type === reset) {
      throw new TypeError(
        `Cannot publish an event of type ${JSON.stringify(record.type)}: it tells readers of a loss`,
      );
    }
    return record;
  }

  /** Appends at once, unless an earlier event is still being checked. */
  async #inTurn(record: EventRecord | Promise<EventRecord>, options: AppendOptions): Promise<string> {
    const before = this.#before;
    if (before === undefined && !(record instanceof Promise)) return this.#append(record, options);
    const mine = Promise.all([record, before]).then(([checked]) => this.#append(checked, options));
    // One that is refused early lets nobody past those that were before it.
    const turn: Promise<void> = Promise.allSettled([mine, before]).then(() => {
      if (this.#before === turn) this.#before = undefined;
    });
    this.#before = turn;
    return mine;
  }

  async #append(record: EventRecord, options: AppendOptions): Promise<string> {
    const place = await this.#core.brokerLog.append(record, options);
    this.#core.counters.published++;
    const id = formatPosition({ tag: this.#core.tag, ...place });
    if (diagnostics.channelPublish.isHeard) {
      diagnostics.channelPublish.publish({ channel: this.name, type: record.type, id });
    }
    return id;
  }

  #watchLeases(): void {
    this.#cancelLeaseCheck ??= this.#core.settings.clock.after(this.#core.settings.leaseCheckMs, () => {
      this.#cancelLeaseCheck = undefined;
      for (const subscription of this.#core.subscriptions) void subscription.checkLease();
      if (this.size > 0) this.#watchLeases();
    });
  }

  #stopWatchingLeases(): void {
    this.#cancelLeaseCheck?.();
    this.#cancelLeaseCheck = undefined;
  }

  #tell(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.dispatchEvent(new ErrorEvent("error", { error, message }));
  }
}

function checkIdempotencyKey(key: string | undefined): string | undefined {
  if (key === undefined || (typeof key === "string" && key !== "" && key.length <= MAX_KEY_LENGTH))
    return key;
  throw new TypeError(
    `Cannot publish an event: its idempotencyKey has not 1 to ${MAX_KEY_LENGTH} characters`,
  );
}
