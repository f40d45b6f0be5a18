/**
 * Runs one program to its end, shows its output as it comes and keeps it, and ends it when it takes too long.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Command } from "./test-plan.ts";
import type { ProcessEnd } from "./test-summary.ts";

/** How long output may still come from the children that an ended program left behind. */
const LAST_OUTPUT_MS = 2000;

/**
 * Starts a program and waits for its end.
 *
 * A program that outlives the limit is killed along with the processes it started: it leads a process group
 * of its own, and the group is addressed by the program's id. It then has no exit code, and neither has one
 * that could not start.
 *
 * @param limitMs How long the program may run.
 */
export function runProcess({ program, args }: Command, limitMs: number): Promise<ProcessEnd> {
  const began = performance.now();
  const chunks: Buffer[] = [];
  // Without colors the summaries can be read, by us and in the log of a CI.
  const { FORCE_COLOR: _, ...environment } = process.env;
  const child = spawn(program, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...environment, NO_COLOR: "1" },
  });
  child.stdout.on("data", (chunk: Buffer) => keep(chunks, chunk, process.stdout));
  child.stderr.on("data", (chunk: Buffer) => keep(chunks, chunk, process.stderr));
  return new Promise((resolve) => {
    const overtime = setTimeout(() => {
      console.error(`${program} was still running after ${limitMs / 1000} s and is killed`);
      kill(child);
    }, limitMs);
    const stopForwarding = forwardSignals(child);
    const finish = (exitCode: number | null) => {
      clearTimeout(overtime);
      stopForwarding();
      // A process left behind may hold the pipes; it must not hold us.
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({
        exitCode: exitCode ?? undefined,
        durationMs: performance.now() - began,
        output: Buffer.concat(chunks).toString(),
      });
    };
    child.once("error", (error) => {
      console.error(`Cannot start ${program}: ${error.message}`);
      finish(null);
    });
    child.once("close", finish);
    child.once("exit", (code) => setTimeout(finish, LAST_OUTPUT_MS, code).unref());
  });
}

function keep(chunks: Buffer[], chunk: Buffer, display: NodeJS.WriteStream): void {
  chunks.push(chunk);
  display.write(chunk);
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended between the timer and the signal, or the system knows no groups.
    child.kill("SIGKILL");
  }
}

/** A group of its own does not hear the terminal's Ctrl-C: whoever stops us stops it. */
function forwardSignals(child: ChildProcess): () => void {
  const stop = (signal: NodeJS.Signals) => {
    kill(child);
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return () => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
}
