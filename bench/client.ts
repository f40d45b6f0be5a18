/**
 * What it costs a client on Node to read events from a socket and hand them to the application, beside other clients.
 *
 * `EventSource` gives each event a task of its own, as the standard asks; none of the others does.
 *
 * @module
 */

import { Child, type ChildOptions } from "./child.ts";
import { describeFailure, type Failure } from "./failure.ts";

/** Each client; the first three are this package's. */
export const CLIENTS = [
  "dodona EventSource",
  "dodona subscribe",
  "dodona decode",
  "eventsource",
  "eventsource-client",
  "@microsoft/fetch-event-source",
] as const;

/** How many of everything. */
export interface ClientOptions extends ChildOptions {
  readonly rounds: number;
  /** Events of one round. */
  readonly events: number;
}

/** What the runner tells a client's process. */
export interface ClientCommand {
  readonly kind: "measure";
  readonly contender: (typeof CLIENTS)[number];
  readonly url: string;
  readonly events: number;
}

/** What that answers. */
export type ClientReport = { kind: "ready" } | { kind: "measured"; round: ClientRound };

/** What the server's process says. */
export interface SourceReport {
  readonly kind: "ready";
  readonly port: number;
}

/** One client, once. */
export interface ClientRound {
  /** Processor time of the client's process. */
  readonly nanosPerEvent: number;
  readonly wallMs: number;
}

/** All rounds of one client. */
export interface ClientResult {
  readonly contender: string;
  readonly events: number;
  readonly rounds: readonly ClientRound[];
}

/** Measures each client in a fresh process, and all of them `rounds` times over. A client that fails is reported. */
export async function measureClients(options: ClientOptions, failures: Failure[]): Promise<ClientResult[]> {
  const { rounds, events } = options;
  const source = new Child<ClientCommand, SourceReport>("events", "client-source.ts", { pinned: true });
  const results = new Map<string, ClientRound[]>();
  try {
    const { port } = await source.next("ready");
    for (let round = 0; round < rounds; round++) {
      for (const contender of CLIENTS) {
        const url = `http://127.0.0.1:${port}/`;
        const measured = await measureClient({ kind: "measure", contender, url, events }, options, failures);
        if (measured !== undefined) results.set(contender, [...(results.get(contender) ?? []), measured]);
      }
    }
  } finally {
    await source.stop();
  }
  return Array.from(results, ([contender, measured]) => ({ contender, events, rounds: measured }));
}

async function measureClient(
  command: ClientCommand,
  options: ChildOptions,
  failures: Failure[],
): Promise<ClientRound | undefined> {
  const { contender } = command;
  const child = new Child<ClientCommand, ClientReport>(
    contender,
    "client-rounds.ts",
    { ...options, pinned: true },
    "server",
  );
  try {
    await child.next("ready");
    const { round } = await child.ask(command, "measured");
    return round;
  } catch (error) {
    failures.push(describeFailure("client", contender, error));
    return undefined;
  } finally {
    await child.stop();
  }
}
