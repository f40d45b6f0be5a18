/**
 * What the codec reads and writes in the bench.
 *
 * @module
 */

import { makeTick } from "./servers/tick.ts";

/** A stream cut into chunks, as text and as the same bytes. */
export interface DecodeWorkload {
  readonly name: string;
  readonly texts: readonly string[];
  readonly bytes: readonly Uint8Array[];
  readonly events: number;
  readonly sizeBytes: number;
}

/** Events to write. */
export interface EncodeWorkload {
  readonly name: string;
  readonly events: readonly { readonly type: string; readonly id: string; readonly data: string }[];
}

const chunkSize = 64 * 1024;

/** Streams for a decoder, of about `sizeBytes` each. */
export const decodeWorkloads: readonly ((sizeBytes: number) => DecodeWorkload)[] = [
  (size) => makeWorkload("small events, 64 KiB chunks", makeBlocks(size, formatSmall), cut),
  (size) => makeWorkload("small events, one a chunk", makeBlocks(size, formatSmall)),
  (size) => makeWorkload("tokens (data only), one a chunk", makeBlocks(size, formatToken)),
  (size) => makeWorkload("small events beyond ASCII, 64 KiB chunks", makeBlocks(size, formatWorldly), cut),
  (size) => makeWorkload("200 lines of data, 64 KiB chunks", makeBlocks(size, formatLong), cut),
];

/** Events for an encoder. */
export const encodeWorkloads: readonly (() => EncodeWorkload)[] = [
  () => ({ name: "small events", events: makeEvents((n) => JSON.stringify(makeTick(n).data)) }),
  () => ({ name: "20 lines of data", events: makeEvents(() => makeLines(20).join("\n")) }),
];

/** How many tasks that makes: each stream is decoded from strings and from bytes. */
export const taskCount: number = 2 * decodeWorkloads.length + encodeWorkloads.length;

function makeEvents(data: (n: number) => string): EncodeWorkload["events"] {
  return Array.from({ length: 2000 }, (_, n) => ({ type: "tick", id: String(1_000_000 + n), data: data(n) }));
}

const formatSmall = (n: number) => formatBlock("tick", n, [JSON.stringify(makeTick(n).data)]);
const formatToken = (n: number) => `data: {"token":" leaf ${n % 10}"}\n\n`;
const formatWorldly = (n: number) => formatBlock("note", n, [`{"text":"Δωδώνη, une forêt: ${n} 🌳"}`]);
const formatLong = (n: number) => formatBlock("page", n, makeLines(200));

function makeBlocks(sizeBytes: number, make: (n: number) => string): string[] {
  const blocks: string[] = [];
  for (let size = 0; size < sizeBytes; size += blocks.at(-1)?.length ?? 0) blocks.push(make(blocks.length));
  return blocks;
}

function formatBlock(type: string, n: number, lines: readonly string[]): string {
  return `event: ${type}\nid: ${1_000_000 + n}\n${lines.map((line) => `data: ${line}\n`).join("")}\n`;
}

function makeLines(count: number): string[] {
  return Array.from(
    { length: count },
    (_, n) => `Line ${n} of what the leaves of the oak had to say on that day.`,
  );
}

/** Cuts where the size says, mostly inside of an event; never between the two halves of a character. */
function cut(blocks: readonly string[]): string[] {
  const text = blocks.join("");
  const chunks: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + chunkSize, text.length);
    if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end++;
    chunks.push(text.slice(start, end));
    start = end;
  }
  return chunks;
}

function makeWorkload(
  name: string,
  blocks: readonly string[],
  toChunks: (blocks: readonly string[]) => readonly string[] = (all) => all,
): DecodeWorkload {
  const chunks = toChunks(blocks);
  const encoder = new TextEncoder();
  const bytes = chunks.map((chunk) => encoder.encode(chunk));
  // Read back from bytes: a flat string, as from a socket, not a slice of a larger one.
  const texts = bytes.map((chunk) => new TextDecoder().decode(chunk));
  const sizeBytes = bytes.reduce((sum, chunk) => sum + chunk.length, 0);
  return { name, texts, bytes, events: blocks.length, sizeBytes };
}
