/**
 * Memory per idle stream: how much more a server's process holds once N streams are open and quiet.
 *
 * Each round is a fresh process. A few streams are opened and ended first, so that what is loaded on first
 * use counts for nobody.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import {
  type ChildOptions,
  type ReadersChild,
  type ServerChild,
  startReaders,
  startServer,
} from "./child.ts";
import { describeFailure, type Failure } from "./failure.ts";
import type { Memory } from "./protocol.ts";

/** How many of everything. */
export interface IdleMemoryOptions extends ChildOptions {
  readonly contenders: readonly string[];
  readonly streams: number;
  readonly rounds: number;
}

/** Bytes per stream, one pair per round. */
export interface IdleMemoryResult {
  readonly contender: string;
  readonly streams: number;
  readonly rounds: readonly Memory[];
}

const warmUpStreams = 100;

/** Measures all contenders in turn, `rounds` times over. */
export async function measureIdleMemory(
  options: IdleMemoryOptions,
  failures: Failure[],
): Promise<IdleMemoryResult[]> {
  const rounds = new Map<string, Memory[]>(options.contenders.map((contender) => [contender, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const [contender, kept] of rounds) {
      try {
        kept.push(await measureOnce(contender, options));
      } catch (error) {
        rounds.delete(contender);
        failures.push(describeFailure("idle memory", contender, error));
      }
    }
  }
  return [...rounds].map(([contender, kept]) => ({ contender, streams: options.streams, rounds: kept }));
}

async function measureOnce(contender: string, options: IdleMemoryOptions): Promise<Memory> {
  const { streams } = options;
  const server = startServer(contender, { ...options, exposeGc: true });
  const readers = startReaders(options);
  try {
    const { port } = await server.next("ready");
    await openStreams(readers, port, warmUpStreams);
    await readers.ask({ kind: "hang-up" }, "hung-up");
    const before = await readMemory(server);
    await openStreams(readers, port, streams);
    const after = await readMemory(server);
    return {
      rssBytes: (after.rssBytes - before.rssBytes) / streams,
      heapBytes: (after.heapBytes - before.heapBytes) / streams,
    };
  } finally {
    await Promise.all([server.stop(), readers.stop()]);
  }
}

async function openStreams(readers: ReadersChild, port: number, count: number): Promise<void> {
  const { count: opened } = await readers.ask({ kind: "open", port, count }, "opened");
  if (opened < count) throw new Error(`Only ${opened} of ${count} streams opened`);
}

async function readMemory(server: ServerChild): Promise<Memory> {
  await delay(300);
  const { usage } = await server.ask({ kind: "usage", collectGarbage: true }, "usage");
  return usage.memory;
}
