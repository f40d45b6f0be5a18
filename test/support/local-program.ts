import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Where Debian puts programs. */
const FOLDERS = ["/usr/bin", "/usr/sbin", "/usr/local/bin"];

/** How often a port is tried. */
const MAX_TRIES = 5;

/** Why the tests that need a program are skipped; `false` where it is installed. */
export function skipWithout(name: string): string | false {
  return findProgram(name) === undefined ? `${name} is not installed` : false;
}

/** What it is called with. */
type ProgramArguments = (port: number, folder: string) => string[];

/** A server of somebody else's, on a free port, with a folder of its own for its data. */
export class LocalProgram {
  readonly port: number;
  readonly folder: string;
  readonly #path: string;
  readonly #args: ProgramArguments;
  #child: ChildProcess | undefined;
  #ended: Promise<void> | undefined;

  private constructor(port: number, folder: string, path: string, args: ProgramArguments) {
    this.port = port;
    this.folder = folder;
    this.#path = path;
    this.#args = args;
  }

  /** Starts it; resolves when it takes connections. */
  static async start(name: string, args: ProgramArguments): Promise<LocalProgram> {
    const path = findProgram(name);
    if (path === undefined) throw new Error(`Cannot start ${name}: it is not installed`);
    const folder = await mkdtemp(join(tmpdir(), `dodona-${name}-`));
    for (let tries = 1; ; tries++) {
      const program = new LocalProgram(await freePort(), folder, path, args);
      try {
        await program.restart();
        return program;
      } catch (error) {
        // Somebody else may have been faster to take the port.
        if (tries === MAX_TRIES) throw error;
      }
    }
  }

  /** Its process; `undefined` while it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it again, on its port and with its data. Rejects when it ends at once. */
  async restart(): Promise<void> {
    const args = this.#args(this.port, this.folder);
    const child = spawn(this.#path, args, { stdio: "ignore", cwd: this.folder });
    this.#child = child;
    this.#ended = new Promise((resolve) =>
      child.once("exit", () => {
        this.#child = undefined;
        resolve();
      }),
    );
    while (!(await takesConnections(this.port))) {
      if (this.#child !== child)
        throw new Error(`Cannot start ${this.#path} on port ${this.port}: it has ended`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Stands still, from the first moment to the last, while `run` does. */
  async whilePaused<Result>(run: () => Promise<Result>): Promise<Result> {
    const { pid } = this;
    if (pid === undefined) throw new Error("Cannot pause what does not run");
    process.kill(pid, "SIGSTOP");
    try {
      while (!(await standsStill(pid))) await new Promise((resolve) => setTimeout(resolve, 1));
      return await run();
    } finally {
      process.kill(pid, "SIGCONT");
    }
  }

  /** Ends it; resolves when it is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.#child?.kill(signal);
    await this.#ended;
  }

  /** Ends it, and removes its data. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Whether each thread of a process has stopped; where the system does not tell, it is taken to have. */
async function standsStill(pid: number): Promise<boolean> {
  const tasks = `/proc/${pid}/task`;
  const threads = await readdir(tasks).catch(() => []);
  const stats = await Promise.all(threads.map((thread) => readFile(join(tasks, thread, "stat"), "latin1")));
  return stats.every((stat) => stat[stat.lastIndexOf(")") + 2] === "T");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const end = (takes: boolean) => {
      socket.destroy();
      resolve(takes);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
