/**
 * Runs the same test files on Node, Deno and Bun, one after the other, and adds up their outcomes.
 *
 * Exits with 1 when a test failed or none ran. With the environment variable `CI` set, a test that was
 * skipped because a program "is not installed" counts as failed.
 *
 * @example
 * ```sh
 * npm test                       # all tests, all runtimes
 * npm test -- deno bun wire/ sse # the files whose paths contain "wire/" or "sse", on Deno and Bun
 * ```
 *
 * @module
 */

import { existsSync, readdirSync } from "node:fs";
import { chooseFiles, commandOf, filesFor, parseArguments, type Runtime } from "./test-plan.ts";
import { runProcess } from "./test-process.ts";
import { formatOutcomes, judge, missingPrograms, type Outcome, totalOf } from "./test-summary.ts";

const LIMIT_MS = 9 * 60 * 1000;

try {
  process.exitCode = await runTests(process.argv.slice(2));
} catch (error) {
  // A wrong argument is told in a sentence; its stack would say nothing more.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function runTests(args: readonly string[]): Promise<number> {
  const request = parseArguments(args);
  const files = chooseFiles(collectFiles("test"), request.substrings);
  const outcomes: Outcome[] = [];
  for (const runtime of request.runtimes) {
    const own = filesFor(runtime, files);
    if (own.length === 0) console.log(`\n${runtime}: none of the chosen files runs here`);
    else outcomes.push(await runOn(runtime, own));
  }
  const { passed, failed } = totalOf(outcomes);
  if (passed + failed === 0) console.error("\nCannot call this a success: no test ran");
  console.log(`\n${formatOutcomes(outcomes)}`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function runOn(runtime: Runtime, files: readonly string[]): Promise<Outcome> {
  const command = commandOf(runtime, files);
  const strict = (process.env.CI ?? "") !== "";
  console.log(`\n${runtime}, test files: ${files.length}`);
  if (!existsSync(command.program)) {
    console.error(`Cannot test on ${runtime}: ${command.program} does not exist; run npm ci`);
    return judge(runtime, { exitCode: undefined, durationMs: 0, output: "" }, strict);
  }
  const end = await runProcess(command, LIMIT_MS);
  if (strict) for (const reason of missingPrograms(end.output)) console.error(`Counted as failed: ${reason}`);
  return judge(runtime, end, strict);
}

function collectFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : collectFiles(path);
    return [path];
  });
}
