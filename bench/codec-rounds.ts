/**
 * The codec's child: one task in a process of its own, the contenders in turns.
 *
 * @module
 */

import { createParser } from "eventsource-parser";
import type { CodecCommand, CodecReport, CodecRound } from "./codec.ts";
import {
  type DecodeWorkload,
  decodeWorkloads,
  type EncodeWorkload,
  encodeWorkloads,
} from "./codec-workloads.ts";
import { importDodonaWire } from "./dodona.ts";

/** One contender in one task: works through the workload once, and says how many events it saw. */
interface Entrant {
  readonly contender: string;
  readonly task: string;
  readonly workload: string;
  readonly events: number;
  readonly sizeBytes: number;
  pass(): number;
}

// Short, so that a slow moment of the machine falls on all entrants alike.
const sliceMs = 20;
const encoder = new TextEncoder();
const wire = await importDodonaWire().catch((error: unknown) => {
  report({ kind: "failed", contender: "dodona", reason: String(error) });
  return undefined;
});

process.on("disconnect", () => process.exit());
process.on("message", (command: CodecCommand) => {
  const entrants = listTasks(command.workloadBytes)[command.task]?.() ?? [];
  report({ kind: "measured", results: measure(entrants, command.roundMs) });
});
report({ kind: "ready" });

/** All tasks in their order; each is set up only when it is called. */
function listTasks(workloadBytes: number): (() => Entrant[])[] {
  const decoding = decodeWorkloads.flatMap((make) => [
    () => enterDecoders(make(workloadBytes), "decode strings", "texts"),
    () => enterDecoders(make(workloadBytes), "decode bytes", "bytes"),
  ]);
  return [...decoding, ...encodeWorkloads.map((make) => () => enterEncoders(make()))];
}

function enterDecoders(workload: DecodeWorkload, task: string, kind: "texts" | "bytes"): Entrant[] {
  const { name, events, sizeBytes, [kind]: chunks } = workload;
  const entry = { task, workload: name, events, sizeBytes };
  const entrants: Entrant[] = [
    { ...entry, contender: "eventsource-parser", pass: () => passThroughParser(chunks) },
  ];
  if (wire !== undefined) {
    const { createDecoder } = wire;
    entrants.push({ ...entry, contender: "dodona", pass: () => passThroughDecoder(createDecoder, chunks) });
  }
  return entrants;
}

function passThroughParser(chunks: readonly (string | Uint8Array)[]): number {
  let events = 0;
  const parser = createParser({
    onEvent(event) {
      if (isWhole(event.data)) events++;
    },
  });
  const decoder = new TextDecoder();
  for (const chunk of chunks) {
    parser.feed(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
  }
  return events;
}

type Wire = NonNullable<typeof wire>;

function passThroughDecoder(
  createDecoder: Wire["createDecoder"],
  chunks: readonly (string | Uint8Array)[],
): number {
  let events = 0;
  const decoder = createDecoder({
    onEvent(event) {
      if (isWhole(event.data)) events++;
    },
  });
  for (const chunk of chunks) decoder.feed(chunk);
  return events;
}

/** Whoever uses the data reads it: its last character makes an engine join what it had put off joining. */
function isWhole(data: string): boolean {
  return data.charCodeAt(data.length - 1) > 0;
}

function enterEncoders(workload: EncodeWorkload): Entrant[] {
  const byHand = (event: EncodeWorkload["events"][number]) => {
    const data = event.data.includes("\n") ? event.data.split("\n").join("\ndata: ") : event.data;
    return encoder.encode(`event: ${event.type}\nid: ${event.id}\ndata: ${data}\n\n`);
  };
  const encoders: [string, typeof byHand][] = [["by hand", byHand]];
  if (wire !== undefined) {
    const { encodeFrame, frame, toBytes } = wire;
    encoders.push(["dodona", (event) => toBytes(encodeFrame(frame(event)))]);
  }
  const sizeBytes = workload.events.reduce((sum, event) => sum + byHand(event).length, 0);
  const entry = { task: "encode", workload: workload.name, events: workload.events.length, sizeBytes };
  return encoders.map(([contender, encode]) => ({
    ...entry,
    contender,
    pass() {
      let written = 0;
      for (const event of workload.events) written += encode(event).length;
      return written === sizeBytes ? workload.events.length : -1;
    },
  }));
}

/** A B, A B, ...: in each slice every entrant makes as many passes as the first could in `sliceMs`. */
function measure(entrants: readonly Entrant[], roundMs: number): CodecRound[] {
  const passes = calibrate(entrants, roundMs);
  const slices = Math.max(1, Math.round(roundMs / sliceMs));
  const micros = entrants.map(() => 0);
  for (let slice = 0; slice < slices; slice++) {
    for (const [n, entrant] of entrants.entries()) micros[n] = (micros[n] ?? 0) + time(entrant, passes);
  }
  return entrants.map(({ contender, task, workload, events, sizeBytes }, n) => {
    const nanosPerEvent = ((micros[n] ?? 0) * 1000) / (slices * passes * events);
    return { contender, task, workload, bytesPerEvent: sizeBytes / events, nanosPerEvent };
  });
}

/** Warms every entrant up for `roundMs`, and finds how often the first gets through in a slice. */
function calibrate(entrants: readonly Entrant[], roundMs: number): number {
  let passes = 1;
  for (const [n, entrant] of entrants.entries()) {
    const start = performance.now();
    let warm = 0;
    for (; performance.now() - start < roundMs; warm++) time(entrant, 1);
    if (n === 0) passes = Math.max(1, Math.round((warm * sliceMs) / roundMs));
  }
  return passes;
}

/** Processor time of some passes, in microseconds; checks that no event got lost. */
function time(entrant: Entrant, passes: number): number {
  const before = process.cpuUsage();
  for (let pass = 0; pass < passes; pass++) {
    const events = entrant.pass();
    if (events !== entrant.events) {
      throw new Error(
        `${entrant.contender} made ${events} of ${entrant.events} events of "${entrant.workload}"`,
      );
    }
  }
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function report(message: CodecReport): void {
  process.send?.(message);
}
