/**
 * The ids of the events of channels: a position in a log, or one in each of several.
 *
 * On the wire a position is `<tag><epoch>.<offset>`. The tag is short for the channel's name, the epoch for one life of
 * its log, the offset counts within it, in base 36. A stream that follows several channels joins their positions by `~`.
 * Where ids are signed, `.<start>.<proof>` follows each: see {@linkcode PositionProofs}.
 *
 * To applications an id is opaque; only its being printable ASCII is promised.
 *
 * @module
 */

/** How many positions an id may hold, and so how many channels one stream may follow. */
export const MAX_POSITIONS = 64;
/** The longest id that is looked at, in characters. */
const MAX_ID_LENGTH = 8192;
const TAG_LENGTH = 4;
const WORD = /^[\w-]{1,64}$/;
const NUMBER = /^(?:0|[1-9a-z][0-9a-z]{0,10})$/;

/** A place in a log: after the event `offset` of the life `epoch`; offset 0 is before the first. */
export interface LogPosition {
  readonly epoch: string;
  readonly offset: number;
}

/** A place in the log of the channel whose name has this tag. */
export interface ChannelPosition extends LogPosition {
  readonly tag: string;
  /** The signed start of what the reader may read. */
  readonly start?: number | undefined;
  /** What proves the start. */
  readonly proof?: string | undefined;
}

/** A parsed id. */
export class EventId {
  /** At least one, at most 64, in the order of the id; from a peer: not to be trusted. */
  readonly positions: readonly ChannelPosition[];

  constructor(positions: readonly ChannelPosition[]) {
    this.positions = positions;
  }

  /** Reads an id; `undefined` for what no channel can have written. Never throws; takes linear time. */
  static parse(text: string): EventId | undefined {
    if (text === "" || text.length > MAX_ID_LENGTH) return undefined;
    const parts = text.split("~");
    if (parts.length > MAX_POSITIONS) return undefined;
    const positions: ChannelPosition[] = [];
    for (const part of parts) {
      const position = parsePosition(part);
      if (position === undefined) return undefined;
      positions.push(position);
    }
    return new EventId(positions);
  }

  /** The id as it stands on the wire. */
  toString(): string {
    return this.positions.map(formatPosition).join("~");
  }
}

/** Writes one position as it stands in an id. */
export function formatPosition({ tag, epoch, offset, start, proof }: ChannelPosition): string {
  const place = `${tag}${epoch}.${offset.toString(36)}`;
  return start === undefined || proof === undefined ? place : `${place}.${start.toString(36)}.${proof}`;
}

/** Gives the four characters that stand for a channel in an id. Two names may share them; epochs do not. */
export function channelTag(name: string): string {
  // FNV-1a; it spreads, and need not keep a secret.
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return toWord([hash >>> 16, hash >>> 8, hash].map((byte) => byte & 0xff));
}

/** Gives the name of a new life of a log: 48 random bits. */
export function newEpoch(): string {
  return toWord(crypto.getRandomValues(new Uint8Array(6)));
}

function toWord(bytes: Iterable<number>): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

function parsePosition(part: string): ChannelPosition | undefined {
  const [place = "", offsetText = "", startText, proof, ...rest] = part.split(".", 5);
  const offset = parseNumber(offsetText);
  if (offset === undefined || place.length <= TAG_LENGTH || !WORD.test(place) || rest.length > 0)
    return undefined;
  const position = { tag: place.slice(0, TAG_LENGTH), epoch: place.slice(TAG_LENGTH), offset };
  if (startText === undefined) return position;
  const start = parseNumber(startText);
  if (start === undefined || proof === undefined || !WORD.test(proof)) return undefined;
  return { ...position, start, proof };
}

function parseNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number.parseInt(text, 36);
  return Number.isSafeInteger(value) ? value : undefined;
}
