import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** An example that runs, as a stranger would start it. */
export interface ExampleProcess {
  child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** Resolves with the match once it has printed it; rejects when it ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks it to end, and resolves with its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** How each runtime runs a file from sources. */
export const RUNTIMES = {
  node: [process.execPath, "--conditions=dodona-source", "--import", "tsx"],
  deno: ["node_modules/.bin/deno", "run", "-A", "--no-check", "--conditions=dodona-source"],
  bun: ["node_modules/.bin/bun", "--conditions=dodona-source"],
} as const;

/** Starts `file`, from sources, on Node unless another runtime is named, and `preload` before it. */
export function startExample(
  file: string,
  args: string[] = [],
  options: { runtime?: keyof typeof RUNTIMES; preload?: string; env?: NodeJS.ProcessEnv } = {},
): ExampleProcess {
  const { runtime = "node" } = options;
  const [program, ...flags] = RUNTIMES[runtime];
  const preloadFlag = runtime === "node" ? "--import" : "--preload";
  const preload = options.preload === undefined ? [] : [preloadFlag, options.preload];
  const command = [...flags, ...preload, file, ...args];
  const child = spawn(program, command, { cwd: ROOT, env: { ...process.env, ...options.env } });
  let output = "";
  const watchers = new Set<() => void>();
  const hear = (chunk: Buffer | string) => {
    output += chunk;
    for (const watcher of watchers) watcher();
  };
  child.stdout?.on("data", hear);
  child.stderr?.on("data", hear);
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return {
    child,
    output: () => output,
    printed(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match === null) return;
          watchers.delete(look);
          resolve(match);
        };
        watchers.add(look);
        look();
        void ended.then((code) =>
          reject(new Error(`${file} ended with ${code} before ${pattern}: ${output}`)),
        );
      });
    },
    end(signal = "SIGTERM") {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
  };
}
