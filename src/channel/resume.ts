/**
 * Where a reader begins in a log, and what it has to be told.
 *
 * @module
 */

import { encodeComment, toBytes } from "../wire/encode.ts";
import { type ChannelPosition, EventId, type LogPosition } from "./event-id.ts";
import type { EventLog } from "./event-log.ts";
import { encodeRecord, idLine } from "./event-record.ts";

/**
 * How a reader came, or came back:
 *
 * - `new`: it has seen nothing yet;
 * - `resumed`: it goes on after the last event that it has seen, and misses none;
 * - `gap`: some events since are lost;
 * - `reset`: nothing is known of what it has seen: the log is another one, or its id is not good.
 */
export type ResumeOutcome = "new" | "resumed" | "gap" | "reset";

/**
 * Why something is lost:
 *
 * - `trimmed`: the log had to drop it;
 * - `restarted`: the log has begun anew;
 * - `unknown`: the id names no place that this reader may read from.
 */
export type LossReason = "trimmed" | "restarted" | "unknown";

/** What a reader has said of where it left off: nothing, a place, or what nobody can read. */
export type SaidPosition = ChannelPosition | "none" | "unknown";

/** Where to begin. */
export interface Seat {
  readonly outcome: ResumeOutcome;
  /** Why something is lost, if it is. */
  readonly reason?: LossReason;
  /** The place in the log after which the reader goes on. */
  readonly epoch: string;
  readonly offset: number;
}

/**
 * Decides where a reader begins who said `said`.
 *
 * After a loss it is the oldest event that is kept; without one, the place that it said; for who comes new, the end. Who
 * names no place of the log goes on after `unknownAt`.
 */
export function findSeat(
  log: EventLog,
  said: SaidPosition | "earliest",
  unknownAt: number = log.floor,
): Seat {
  const { epoch, head, floor } = log;
  if (said === "none") return { outcome: "new", epoch, offset: head };
  if (said === "earliest") return { outcome: "new", epoch, offset: floor };
  if (said === "unknown") return { outcome: "reset", reason: "unknown", epoch, offset: unknownAt };
  if (said.epoch !== epoch) return { outcome: "reset", reason: "restarted", epoch, offset: floor };
  if (said.offset < floor) return { outcome: "gap", reason: "trimmed", epoch, offset: floor };
  if (!log.has(said.offset)) return { outcome: "reset", reason: "unknown", epoch, offset: unknownAt };
  return { outcome: "resumed", epoch, offset: said.offset };
}

/** Reads where an application wants a reader to begin that says nothing itself. Throws a `TypeError` for what is no text. */
export function readSince(tag: string, since: string): SaidPosition | "earliest" {
  if (typeof since !== "string") throw new TypeError(`Cannot subscribe since ${String(since)}: not a string`);
  if (since === "") return "none";
  if (since === "earliest") return since;
  const id = EventId.parse(since);
  return id === undefined ? "unknown" : (id.positions.find((position) => position.tag === tag) ?? "none");
}

/** The first frame of a reader who has lost nothing: how it came, and the place from which it would resume. */
export function openingFrame(outcome: ResumeOutcome, id: string): Uint8Array {
  return toBytes(`${encodeComment(outcome)}${id === "" ? "" : `${idLine(id)}\n`}`);
}

/** The first frame of one who has; without an id while the state is still to follow, or it would be no place to resume from. */
export function lossFrame(type: string, notice: LossNotice, id: string | undefined): Uint8Array {
  return encodeRecord({ type, data: JSON.stringify(notice), json: true }, id);
}

/** What a reader is told who has lost something: the data of the event. */
export interface LossNotice {
  readonly channel: string;
  readonly reason: LossReason;
  /** Lost is what came after `after`, where that is known, up to and including `through`: both are ids. */
  readonly lost: { readonly after?: string; readonly through: string };
}

/** Says what was lost between two places of the log. */
export function lossNotice(
  channel: string,
  log: EventLog,
  reason: LossReason,
  after: LogPosition | undefined,
  through: LogPosition,
): LossNotice {
  const isKnown = after !== undefined && after.epoch === through.epoch && after.offset < through.offset;
  const lost = { through: log.id(through.offset) };
  return { channel, reason, lost: isKnown ? { after: log.id(after.offset), ...lost } : lost };
}
