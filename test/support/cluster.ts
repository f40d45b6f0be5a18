import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { startExample } from "../examples/example-process.ts";
import { CrowdReader } from "./crowd-reader.ts";
import { eventually } from "./eventually.ts";

/** No `EventSource` comes back sooner; that it would wait longer is of no interest here. */
const LONGEST_WAIT_MS = 100;

/** A process of a cluster. */
export interface ClusterNode {
  readonly port: number;
  isAlive: boolean;
  kill(): Promise<unknown>;
}

/** Starts a node on a broker, on the runtime of the test. */
export async function startNode(
  t: TestContext,
  kind: string,
  port: number,
  ...more: string[]
): Promise<ClusterNode> {
  const runtime = "Bun" in globalThis ? "bun" : "Deno" in globalThis ? "deno" : "node";
  const child = startExample("test/support/cluster-process.ts", [kind, String(port), ...more], { runtime });
  t.after(() => child.end("SIGKILL"));
  const [, own] = await child.printed(/port (\d+)/);
  const node: ClusterNode = {
    port: Number(own),
    isAlive: true,
    kill: () => {
      node.isAlive = false;
      return child.end("SIGKILL");
    },
  };
  return node;
}

/** A reader that comes back to any node that lives, as often as it has to, from where it was. */
export class RoamingReader {
  readonly #nodes: readonly ClusterNode[];
  readonly #earlier: { type: string; data: string }[] = [];
  #reader: CrowdReader;
  #hasLeft = false;

  constructor(nodes: readonly ClusterNode[], at: number, lastEventId = "") {
    this.#nodes = nodes;
    this.#reader = this.#connect((nodes[at % nodes.length] as ClusterNode).port, lastEventId);
  }

  get lastEventId(): string {
    return this.#reader.lastEventId;
  }

  /** All that it was told, in order: words as they are, anything else by its type in brackets. */
  get record(): string[] {
    return [...this.#earlier, ...this.#reader.events].map(({ type, data }) =>
      type === "word" ? data : `[${type}]`,
    );
  }

  leave(): void {
    this.#hasLeft = true;
    this.#reader.destroy();
  }

  #connect(port: number, lastEventId: string): CrowdReader {
    const reader = new CrowdReader(port, lastEventId);
    void reader.closed.then(async () => {
      if (this.#hasLeft) return;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_WAIT_MS));
      this.#earlier.push(...reader.events);
      const living = this.#nodes.filter(({ isAlive }) => isAlive);
      const next = living[Math.floor(Math.random() * living.length)];
      if (next !== undefined && !this.#hasLeft) this.#reader = this.#connect(next.port, reader.lastEventId);
    });
    return reader;
  }
}

/** Publishes words one after the other, at any node that lives, each as often as it takes. */
export class RoamingPublisher {
  readonly name: string;
  published = 0;
  readonly #nodes: readonly ClusterNode[];
  #running: Promise<void> | undefined;
  #isOver = false;

  constructor(nodes: readonly ClusterNode[], name: string) {
    this.#nodes = nodes;
    this.name = name;
  }

  start(pauseMs = 5): void {
    this.#running = this.#run(pauseMs);
  }

  /** Resolves when the last word that was begun is in the log. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(pauseMs: number): Promise<void> {
    while (!this.#isOver) {
      await this.#publish(`${this.name}${this.published + 1}`);
      this.published++;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  async #publish(body: string): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const living = this.#nodes.filter(({ isAlive }) => isAlive);
      const { port } = living[attempt % living.length] as ClusterNode;
      try {
        const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body });
        const text = await response.text();
        if (response.ok) return;
        if (attempt > 200) throw new Error(`Cannot publish ${body}: ${text}`);
      } catch (error) {
        if (attempt > 200) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Waits until each reader was told a place to come back to. */
export async function primed(readers: readonly RoamingReader[]): Promise<void> {
  await eventually(() => readers.every(({ lastEventId }) => lastEventId !== ""));
}

/** Asserts that all have the same record, in which each publisher's words stand once, in their order. */
export async function assertSameRecords(
  readers: readonly RoamingReader[],
  publishers: readonly RoamingPublisher[],
): Promise<void> {
  const total = publishers.reduce((sum, { published }) => sum + published, 0);
  const isLate = () => readers.some(({ record }) => record.length < total);
  // Whoever does not come to the end is seen by what is compared.
  for (let look = 0; look < 1000 && isLate(); look++) await new Promise((resolve) => setTimeout(resolve, 20));
  const expected = readers[0]?.record ?? [];
  for (const { name, published } of publishers) {
    assert.deepEqual(
      expected.filter((word) => word.startsWith(name)),
      Array.from({ length: published }, (_, at) => `${name}${at + 1}`),
    );
  }
  assert.equal(expected.length, total);
  for (const [at, { record }] of readers.entries()) assert.deepEqual(record, expected, `reader ${at}`);
}
