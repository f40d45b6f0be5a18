/**
 * Reads the outcome of a test run out of the words with which Node, Deno and Bun close theirs, and lays the
 * outcomes out as a table.
 *
 * Each runtime counts in its own way: Deno takes a suite for one test, and its steps are left out; Node and
 * Bun count the tests within.
 *
 * @example
 * ```ts
 * parseCounts("bun", " 2 pass\n 0 fail\nRan 2 tests across 1 file. [22.00ms]\n");
 * // { passed: 2, failed: 0, skipped: 0 }
 * ```
 *
 * @module
 */

import type { Runtime } from "./test-plan.ts";

/** How many tests ended how. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Those marked "todo" too. */
  readonly skipped: number;
}

/** How a runtime's process ended. */
export interface ProcessEnd {
  /** Undefined when it was killed or could not start. */
  readonly exitCode: number | undefined;
  readonly durationMs: number;
  /** All it printed. */
  readonly output: string;
}

/** One row of the closing table. */
export interface Outcome extends TestCounts {
  readonly runtime: Runtime;
  readonly exitCode: number | undefined;
  readonly durationMs: number;
}

const ESCAPE_CODES = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g");
const NODE_SUMMARY =
  /^ℹ tests \d+\nℹ suites \d+\nℹ pass (\d+)\nℹ fail (\d+)\nℹ cancelled (\d+)\nℹ skipped (\d+)\nℹ todo (\d+)$/gm;
const DENO_SUMMARY =
  /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?.*$/gm;
const BUN_SUMMARY = /^((?: *\d+ \w[\w() ]*\n)+)Ran \d+ tests? across \d+ files?\..*$/gm;
const NODE_MISSING_PROGRAM = /^ *﹣ .+ # (.*\bnot installed\b.*)$/gm;

/** Reads a runtime's counts from all it printed; undefined when it came to no summary. */
export function parseCounts(runtime: Runtime, output: string): TestCounts | undefined {
  const text = output.replace(ESCAPE_CODES, "").replaceAll("\r\n", "\n");
  if (runtime === "node") return parseNode(text);
  if (runtime === "deno") return parseDeno(text);
  return parseBun(text);
}

/**
 * The reasons of Node's skips that name a program which is not installed, one for each test.
 *
 * Only Node's reporter prints reasons; the tests that need such programs run on Node only.
 */
export function missingPrograms(output: string): string[] {
  return [...output.replace(ESCAPE_CODES, "").matchAll(NODE_MISSING_PROGRAM)].map((match) => match[1] ?? "");
}

/**
 * Judges one runtime's process: a process that ended badly counts as at least one failure.
 *
 * @param strict Counts a test that was skipped for a missing program as failed.
 */
export function judge(runtime: Runtime, end: ProcessEnd, strict: boolean): Outcome {
  const counts = parseCounts(runtime, end.output) ?? { passed: 0, failed: 0, skipped: 0 };
  const refused = strict && runtime === "node" ? missingPrograms(end.output).length : 0;
  const failed = counts.failed + refused;
  return {
    runtime,
    exitCode: end.exitCode,
    durationMs: end.durationMs,
    passed: counts.passed,
    failed: failed === 0 && end.exitCode !== 0 ? 1 : failed,
    skipped: Math.max(0, counts.skipped - refused),
  };
}

/** Adds up the outcomes. */
export function totalOf(outcomes: readonly Outcome[]): TestCounts {
  const sum = (count: (outcome: Outcome) => number) => outcomes.reduce((all, each) => all + count(each), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
  };
}

/** The closing lines: a table with a row for each runtime, and the sums as the last line. */
export function formatOutcomes(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => [
    outcome.runtime,
    outcome.exitCode === undefined ? "none" : String(outcome.exitCode),
    String(outcome.passed),
    String(outcome.failed),
    String(outcome.skipped),
    `${(outcome.durationMs / 1000).toFixed(1)} s`,
  ]);
  const table = [["runtime", "exit", "passed", "failed", "skipped", "duration"], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const { passed, failed, skipped } = totalOf(outcomes);
  return [...lines, `${passed} passed, ${failed} failed, ${skipped} skipped`].join("\n");
}

function parseNode(text: string): TestCounts | undefined {
  const match = [...text.matchAll(NODE_SUMMARY)].at(-1);
  if (match === undefined) return undefined;
  const [passed = 0, failed = 0, cancelled = 0, skipped = 0, todo = 0] = match.slice(1).map(Number);
  return { passed, failed: failed + cancelled, skipped: skipped + todo };
}

function parseDeno(text: string): TestCounts | undefined {
  const match = [...text.matchAll(DENO_SUMMARY)].at(-1);
  if (match === undefined) return undefined;
  return { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3] ?? 0) };
}

function parseBun(text: string): TestCounts | undefined {
  const lines = [...text.matchAll(BUN_SUMMARY)].at(-1)?.[1];
  if (lines === undefined) return undefined;
  const count = (word: string) => Number(lines.match(new RegExp(`(\\d+) ${word}\\b`))?.[1] ?? 0);
  return { passed: count("pass"), failed: count("fail"), skipped: count("skip") + count("todo") };
}
