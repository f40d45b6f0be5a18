/**
 * The contract of a server under test, and the loop that obeys the runner on its behalf.
 *
 * @module
 */

import type { Memory, ServerCommand, ServerReport } from "../protocol.ts";
import { makeTick, type Tick } from "./tick.ts";

/** A server with one event stream per connection, whatever the path. */
export interface Contender {
  /** Listens on a free port of 127.0.0.1 and settles with that port. */
  listen(): Promise<number>;
  /** Sends one event to every open stream, in the way its own documentation would have it. */
  publish(tick: Tick): void;
  /**
   * Sends every event of a source to the one open stream, and settles when all are sent. As far as
   * the library can, it takes no more from the source than the reader takes from the stream.
   */
  pour(ticks: AsyncIterable<Tick>): Promise<void>;
  /** The id from which a reader would go on that has seen all that was published; for those who can resume. */
  readPlace?(): Promise<string>;
  /** The processor time of the server in microseconds, where it is another process than this one. */
  readCpuMicros?(): number;
}

/** Starts a contender, tells the runner its port, and then does what the runner says. */
export async function serveContender(contender: Contender): Promise<void> {
  let published = 0;
  let source: Source | undefined;

  process.on("disconnect", () => process.exit());
  process.on("message", async (command: ServerCommand) => {
    switch (command.kind) {
      case "publish":
        for (let n = 0; n < command.events; n++) contender.publish(makeTick(published++));
        break;
      case "pour":
        source = new Source(command.events, command.sampleEvery);
        await contender.pour(source.ticks());
        report({ kind: "poured", produced: source.produced, peakRssBytes: source.peakRssBytes });
        break;
      case "produced":
        report({ kind: "produced", produced: source?.produced ?? 0 });
        break;
      case "place":
        report({ kind: "place", lastEventId: (await contender.readPlace?.()) ?? "" });
        break;
      case "usage": {
        if (command.collectGarbage) await collectGarbage();
        const cpuMicros = contender.readCpuMicros?.() ?? readCpuMicros();
        report({ kind: "usage", usage: { cpuMicros, memory: readMemory() } });
        break;
      }
    }
  });

  report({ kind: "ready", port: await contender.listen() });
}

/** A counted source of events that looks at the process's memory as it goes. */
class Source {
  produced = 0;
  peakRssBytes = 0;
  readonly #events: number;
  readonly #sampleEvery: number;

  constructor(events: number, sampleEvery: number) {
    this.#events = events;
    this.#sampleEvery = sampleEvery;
  }

  async *ticks(): AsyncGenerator<Tick> {
    while (this.produced < this.#events) {
      yield makeTick(this.produced++);
      if (this.produced % 5000 === 0) this.#notePeak();
      if (this.produced % this.#sampleEvery === 0) this.#sample();
    }
  }

  #notePeak(): void {
    this.peakRssBytes = Math.max(this.peakRssBytes, process.memoryUsage.rss());
  }

  #sample(): void {
    globalThis.gc?.();
    report({ kind: "sample", produced: this.produced, memory: readMemory() });
  }
}

async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new TypeError("Cannot collect garbage: run with --expose-gc");
  // What one collection finalizes is freed by the next; a turn in between lets callbacks run.
  for (let n = 0; n < 5; n++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function readCpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function readMemory(): Memory {
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed + external };
}

function report(message: ServerReport): void {
  process.send?.(message);
}
