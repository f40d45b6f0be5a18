/**
 * Notices that a stream of NATS has lost its newest messages, and begins a new life of it.
 *
 * The server counts the messages of a stream. After a crash that takes what its disks had not yet, the next messages get the
 * numbers of the lost ones, and an id would name another event than it did. The first process that knows better counts the
 * lives of the stream in its description, where all others find it: they tell their readers that the log has begun anew.
 *
 * @module
 */

import type { NatsManager, NatsStreamInfo } from "./nats-client.ts";

type Streams = NatsManager["streams"];

/** A message that the stream has had. */
interface KnownMessage {
  readonly seq: number;
  /** When the stream took it; unknown where only its number was told. */
  readonly time?: Date;
}

/** Times of one message may differ so much by how they are rounded, in milliseconds. */
const CLOSE_MS = 1;
const LIFE = /(?:^| )dodona life (\d+)$/;

/** What one process knows of a stream. */
export class NatsStreamLife {
  readonly #name: string;
  #epoch = "";
  #newest: KnownMessage = { seq: 0 };
  /** How often the server was away, and up to which time what it then had was compared with what is known. */
  #absences = 0;
  #compared = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** The life of the stream when it was last looked at; empty before. */
  get epoch(): string {
    return this.#epoch;
  }

  /**
   * In a life of it, the stream has had this message. Says whether that is sure to be the present life: after an absence of
   * the server it is not, until the next look.
   */
  note(message: KnownMessage, epoch: string): boolean {
    if (epoch !== this.#epoch || this.#compared !== this.#absences) return false;
    const { seq } = this.#newest;
    const isNewer = message.seq > seq || (message.seq === seq && this.#newest.time === undefined);
    if (isNewer) this.#newest = message;
    return true;
  }

  /** The server was away: what it has now is compared with what is known, at the next look. */
  doubt(): void {
    this.#absences++;
  }

  /**
   * Resolves with how the stream is now, after a new life of it was begun where it lacks, or has replaced, what is known of
   * it. Rejects where it is not there, or can't be asked for.
   */
  async look(streams: Streams): Promise<NatsStreamInfo> {
    const absences = this.#absences;
    // What comes while the answer is on its way is no part of it.
    const known = this.#newest;
    const before = this.#epoch;
    let info = await streams.info(this.#name);
    const isSame = epochOf(info) === before;
    const isLost = isSame && (await this.#hasLost(known, info, streams));
    // Another look was faster, and has found, or begun, another life.
    if (isSame && this.#epoch !== before) return this.look(streams);
    if (isLost) info = await beginLife(streams, info);
    this.#compared = Math.max(this.#compared, absences);
    this.#take(info);
    return info;
  }

  async #hasLost(known: KnownMessage, { state }: NatsStreamInfo, streams: Streams): Promise<boolean> {
    if (state.last_seq < known.seq) return true;
    if (this.#compared === this.#absences || known.time === undefined) return false;
    // One that was dropped since says nothing.
    const found = await streams.getMessage(this.#name, { seq: known.seq });
    return found !== null && Math.abs(found.time.getTime() - known.time.getTime()) > CLOSE_MS;
  }

  #take(info: NatsStreamInfo): void {
    const epoch = epochOf(info);
    const newest: KnownMessage = { seq: info.state.last_seq, time: new Date(info.state.last_ts) };
    if (epoch !== this.#epoch) this.#newest = newest;
    this.#epoch = epoch;
    this.note(newest, epoch);
  }
}

/** The time at which a stream was made, to the nanosecond, and which life of it this is, as a short word. */
function epochOf({ created, config }: NatsStreamInfo): string {
  const [, seconds = "", fraction = ""] = /^([^.]+)(?:\.(\d+))?/.exec(created) ?? [];
  const time = Date.parse(`${seconds.replace(/Z$/, "")}Z`);
  const epoch = (BigInt(time) * 1_000_000n + BigInt(fraction.padEnd(9, "0"))).toString(36);
  const life = lifeOf(config.description);
  return life === 0 ? epoch : `${epoch}-${life}`;
}

function lifeOf(description: unknown): number {
  return Number(LIFE.exec(String(description ?? ""))?.[1] ?? 0);
}

/** Several processes may do so at a time: they count to the same. */
function beginLife(streams: Streams, { config }: NatsStreamInfo): Promise<NatsStreamInfo> {
  const text = String(config.description ?? "");
  const description = `${text.replace(LIFE, "")} dodona life ${lifeOf(text) + 1}`.trim();
  return streams.update(config.name, { description });
}
