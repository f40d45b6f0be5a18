/**
 * Decides what a test run consists of: which runtimes, which files on each, and their command lines.
 *
 * @example
 * ```ts
 * const request = parseArguments(["deno", "wire/"]); // { runtimes: ["deno"], substrings: ["wire/"] }
 * const files = chooseFiles(["test/wire/frame.test.ts", "test/sse/clock.test.ts"], request.substrings);
 * commandOf("deno", files); // { program: "node_modules/.bin/deno", args: ["test", "-A", ...] }
 * ```
 *
 * @module
 */

/** The runtimes, in the order in which they run. */
export const RUNTIMES = ["node", "deno", "bun"] as const;

/** The name of a runtime. */
export type Runtime = (typeof RUNTIMES)[number];

/**
 * Folders whose tests run on Node only: they test the tools, which run on Node, or start programs of their
 * own (a browser, a package manager, other frameworks, the examples on each runtime), so that a second runtime
 * would show nothing new.
 */
export const NODE_ONLY_FOLDERS: readonly string[] = [
  "test/tools/",
  "test/bench/",
  "test/browser/",
  "test/package/",
  "test/frameworks/",
  "test/examples/",
];

/** What the command line asks for. */
export interface TestRequest {
  readonly runtimes: readonly Runtime[];
  /** A file runs when its path contains one of them; when there are none, each file runs. */
  readonly substrings: readonly string[];
}

/** A program to start and its arguments. */
export interface Command {
  /** A path, from the project's root or absolute. */
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * Reads the arguments: names of runtimes, and substrings of paths.
 *
 * Throws a `TypeError` for an option: there is none.
 */
export function parseArguments(args: readonly string[]): TestRequest {
  const option = args.find((argument) => argument.startsWith("-"));
  if (option !== undefined) {
    throw new TypeError(`Cannot run tests: "${option}" is no runtime and no part of a path`);
  }
  const runtimes = RUNTIMES.filter((runtime) => args.includes(runtime));
  return {
    runtimes: runtimes.length === 0 ? RUNTIMES : runtimes,
    substrings: args.filter((argument) => !isRuntime(argument)),
  };
}

/**
 * Picks the test files of a run, sorted.
 *
 * Throws a `RangeError` for a substring that no path contains, which is most likely mistyped.
 */
export function chooseFiles(paths: readonly string[], substrings: readonly string[]): string[] {
  const tests = paths.filter((path) => path.endsWith(".test.ts")).sort();
  const idle = substrings.find((substring) => !tests.some((path) => path.includes(substring)));
  if (idle !== undefined) throw new RangeError(`Cannot run tests: no test file's path contains "${idle}"`);
  if (substrings.length === 0) return tests;
  return tests.filter((path) => substrings.some((substring) => path.includes(substring)));
}

/** The files among `files` that run on a runtime. */
export function filesFor(runtime: Runtime, files: readonly string[]): string[] {
  if (runtime === "node") return [...files];
  return files.filter((file) => !NODE_ONLY_FOLDERS.some((folder) => file.startsWith(folder)));
}

/** How a runtime is told to test files, in the source of the package and not its build. */
export function commandOf(runtime: Runtime, files: readonly string[]): Command {
  const conditions = "--conditions=dodona-source";
  if (runtime === "node") {
    const reporter = ["--test-reporter=spec", "--test-concurrency=2"];
    return {
      program: process.execPath,
      args: [conditions, "--import", "tsx", "--test", ...reporter, ...files],
    };
  }
  if (runtime === "deno") {
    const args = ["test", "-A", "--no-check", conditions, ...files];
    return { program: "node_modules/.bin/deno", args };
  }
  // Bun ends a test after 5 s unless told otherwise, and takes a path for a filter unless it begins with a dot.
  const args = ["test", "--timeout", "60000", conditions, ...files.map((file) => `./${file}`)];
  return { program: "node_modules/.bin/bun", args };
}

function isRuntime(argument: string): argument is Runtime {
  return (RUNTIMES as readonly string[]).includes(argument);
}
