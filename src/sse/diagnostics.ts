/**
 * Tells whoever traces the process what streams and channels do: the names and messages of `node:diagnostics_channel`,
 * for rooms that know no platform.
 *
 * @module
 */

import type { CloseReason } from "./stream-close-error.ts";

/** What messages go to: a channel of `node:diagnostics_channel`, or one like it. `publish` must not throw. */
export interface DiagnosticsChannel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

/** One kind of message. It costs nothing while nobody listens: see {@linkcode DiagnosticsTopic.isHeard}. */
export class DiagnosticsTopic<Message extends object> {
  readonly name: string;
  #channel: DiagnosticsChannel | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Whether a message is worth making. */
  get isHeard(): boolean {
    return this.#channel?.hasSubscribers === true;
  }

  /** Tells those who listen, in this turn. */
  publish(message: Message): void {
    if (this.isHeard) this.#channel?.publish(message);
  }

  /** Says where messages go from now on. */
  connect(channel: DiagnosticsChannel | undefined): void {
    this.#channel = channel;
  }
}

/**
 * What is told, by topic. The objects in messages are the real ones, to be looked at: a `target` is a
 * `ServerSentEventStreamTarget`, a `subscription` a `Subscription`.
 */
export interface Diagnostics {
  /** `dodona:stream:open`: a stream was opened. */
  readonly streamOpen: DiagnosticsTopic<{ target: EventTarget }>;
  /** `dodona:stream:close`: a stream has ended, for a reason. */
  readonly streamClose: DiagnosticsTopic<{ target: EventTarget; reason: CloseReason }>;
  /** `dodona:channel:publish`: the log of a channel has an event. */
  readonly channelPublish: DiagnosticsTopic<{ channel: string; type: string; id: string }>;
  /** `dodona:channel:subscribe`: a target follows a channel. */
  readonly channelSubscribe: DiagnosticsTopic<{ channel: string; subscription: object }>;
  /** `dodona:channel:unsubscribe`: it does no more. */
  readonly channelUnsubscribe: DiagnosticsTopic<{ channel: string; subscription: object; reason: string }>;
  /** `dodona:channel:loss`: a reader lost something. `reason` is that of its notice. */
  readonly channelLoss: DiagnosticsTopic<{ channel: string; subscription: object; reason: string }>;
}

/** The topics of this process. */
export const diagnostics: Diagnostics = {
  streamOpen: new DiagnosticsTopic("dodona:stream:open"),
  streamClose: new DiagnosticsTopic("dodona:stream:close"),
  channelPublish: new DiagnosticsTopic("dodona:channel:publish"),
  channelSubscribe: new DiagnosticsTopic("dodona:channel:subscribe"),
  channelUnsubscribe: new DiagnosticsTopic("dodona:channel:unsubscribe"),
  channelLoss: new DiagnosticsTopic("dodona:channel:loss"),
};
