/**
 * Throughput of the codec: decoding beside `eventsource-parser`, encoding beside a template string.
 *
 * @module
 */

import { Child, type ChildOptions } from "./child.ts";
import { taskCount } from "./codec-workloads.ts";
import { describeFailure, type Failure } from "./failure.ts";

/** How many of everything. */
export interface CodecOptions extends ChildOptions {
  readonly rounds: number;
  /** How long each contender works in each round, about. */
  readonly roundMs: number;
  readonly workloadBytes: number;
}

/** What the runner tells the child. */
export interface CodecCommand {
  readonly kind: "measure";
  /** Which one, from 0. */
  readonly task: number;
  readonly roundMs: number;
  readonly workloadBytes: number;
}

/** What the child answers. */
export type CodecReport =
  | { kind: "ready" }
  | { kind: "failed"; contender: string; reason: string }
  | { kind: "measured"; results: CodecRound[] };

/** One contender with one workload, once. */
export interface CodecRound {
  readonly contender: string;
  /** `decode strings`, `decode bytes` or `encode`. */
  readonly task: string;
  readonly workload: string;
  readonly bytesPerEvent: number;
  /** Processor time. */
  readonly nanosPerEvent: number;
}

/** All rounds of one contender with one workload. */
export interface CodecResult extends Omit<CodecRound, "nanosPerEvent"> {
  readonly nanosPerEvent: readonly number[];
}

/**
 * Measures each task in a fresh process, and all of them `rounds` times over: how well an engine compiles the
 * same code differs from process to process, up to several times.
 */
export async function measureCodec(options: CodecOptions, failures: Failure[]): Promise<CodecResult[]> {
  const results = new Map<string, CodecResult & { nanosPerEvent: number[] }>();
  for (let round = 0; round < options.rounds; round++) {
    for (let task = 0; task < taskCount; task++) {
      for (const { nanosPerEvent, ...entry } of await measureTask(task, options, failures)) {
        const name = `${entry.contender}, ${entry.task}, ${entry.workload}`;
        const result = results.get(name) ?? { ...entry, nanosPerEvent: [] };
        result.nanosPerEvent.push(nanosPerEvent);
        results.set(name, result);
      }
    }
  }
  return [...results.values()];
}

async function measureTask(task: number, options: CodecOptions, failures: Failure[]): Promise<CodecRound[]> {
  const { roundMs, workloadBytes } = options;
  const fail = (contender: string, reason: unknown) => {
    const failure = describeFailure("codec", contender, reason);
    if (!failures.some((known) => known.part === "codec" && known.reason === failure.reason))
      failures.push(failure);
  };
  const child = new Child<CodecCommand, CodecReport>("codec", "codec-rounds.ts", options);
  child.listen((report) => {
    if (report.kind === "failed") fail(report.contender, report.reason);
  });
  try {
    await child.next("ready");
    const { results } = await child.ask({ kind: "measure", task, roundMs, workloadBytes }, "measured");
    return results;
  } catch (error) {
    fail(`task ${task}`, error);
    return [];
  } finally {
    await child.stop();
  }
}
