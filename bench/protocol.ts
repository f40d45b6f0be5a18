/**
 * What the runner and its children say to each other over IPC.
 *
 * Two kinds of children: a server (one contender) and its readers. Counts are absolute, not
 * increments, so that the order in which two children hear the runner does not matter.
 *
 * @module
 */

/** What the runner tells a server. */
export type ServerCommand =
  | { kind: "publish"; events: number }
  | { kind: "pour"; events: number; sampleEvery: number }
  | { kind: "produced" }
  | { kind: "place" }
  | { kind: "usage"; collectGarbage: boolean };

/** What a server answers. */
export type ServerReport =
  | { kind: "ready"; port: number }
  | { kind: "usage"; usage: Usage }
  | { kind: "place"; lastEventId: string }
  | { kind: "sample"; produced: number; memory: Memory }
  | { kind: "produced"; produced: number }
  | { kind: "poured"; produced: number; peakRssBytes: number };

/** What the runner tells the readers. */
export type ReaderCommand =
  | { kind: "open"; port: number; count: number; lastEventId?: string }
  | { kind: "expect"; eventsPerReader: number }
  | { kind: "pause"; everyEvents: number; pauseMs: number }
  | { kind: "stall" }
  | { kind: "resume" }
  | { kind: "tally" }
  | { kind: "keep-times" }
  | { kind: "times" }
  | { kind: "hang-up" };

/** What the readers answer. */
export type ReaderReport =
  | { kind: "opened"; count: number }
  | { kind: "reached"; atMs: number }
  | { kind: "tally"; tally: Tally }
  | { kind: "times"; times: readonly number[] }
  | { kind: "hung-up" };

/** Milliseconds by the system's steady clock, which all processes of a machine share. */
export function readSharedMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** What a process has used up to now. */
export interface Usage {
  /** User and system time of the whole process, in microseconds. */
  readonly cpuMicros: number;
  readonly memory: Memory;
}

/** Bytes held by a process. */
export interface Memory {
  readonly rssBytes: number;
  /** The JavaScript heap in use, and the memory outside it that the heap keeps alive. */
  readonly heapBytes: number;
}

/** What the readers have counted. */
export interface Tally {
  readonly total: number;
  /** The count of the reader that got the fewest events. */
  readonly least: number;
  /** The count of the reader that got the most. */
  readonly most: number;
  /** How many connections the server ended, or never opened. */
  readonly dropped: number;
}

/** Asks the clients of the HTTP part for one round. */
export interface LoadCommand {
  readonly kind: "load";
  readonly port: number;
  /** The whole request, one character per byte. */
  readonly request: string;
  readonly connections: number;
  readonly requests: number;
  /** An answer with a shorter body is a failure. */
  readonly leastBytes: number;
}

/** What the clients of the HTTP part say. */
export type LoadReport =
  | { readonly kind: "ready" }
  | { readonly kind: "loaded"; readonly wallMs: number; readonly failure?: string };
