/**
 * What every {@linkcode ByteSink} must do, as a list of checks for any test framework.
 *
 * @example
 * ```ts
 * for (const { name, run } of byteSinkContract(makeSink)) test(`MySink: ${name}`, run);
 * ```
 *
 * @module
 */

import type { ByteSink, SinkObserver } from "../sse/byte-sink.ts";

/** A sink under test, and the reader at its other end. */
export interface SinkUnderTest {
  sink: ByteSink;
  reader: {
    /** All that has arrived. */
    text(): string;
    /** Stops reading, before anything has come; `resume` goes on. */
    pause(): void;
    resume(): void;
    /** Goes away. */
    leave(): void;
    /** Whether the stream has ended for it. */
    ended(): boolean;
  };
}

/** One check; `run` rejects with an `Error` that says what the sink did wrong. */
export interface ContractCheck {
  readonly name: string;
  run(): Promise<void>;
}

/** How a contract is checked. */
export interface ContractOptions {
  /** What has not come about after so many milliseconds counts as never. @default 10000 */
  patienceMs?: number | undefined;
}

const HIGH_WATER_MARK_BYTES = 1024;
const BLOCK = new Uint8Array(65_536).fill(0x78);

/** Gives the checks. `make` is called by each, for a new sink that was not opened, with a reader that reads. */
export function byteSinkContract(
  make: () => Promise<SinkUnderTest>,
  { patienceMs = 10_000 }: ContractOptions = {},
): ContractCheck[] {
  const checks: [name: string, check: (parts: OpenedSink) => Promise<void>][] = [
    ["bytes arrive in the order of the writes, and close ends them", checkOrder],
    ["above the mark a write answers false, and drained follows", checkDrain],
    ["a reader that leaves closes it once, and later calls do nothing", checkLeave],
    ["abort drops what was not taken, and tells once", checkAbort],
    ["closed before anything was sent, it ends", checkEmpty],
  ];
  return checks.map(([name, check]) => ({ name, run: async () => check(open(await make(), patienceMs)) }));
}

interface OpenedSink extends SinkUnderTest {
  owner: Owner;
  /** Resolves when `holds` does; rejects with what was promised when it does not. */
  eventually(promise: string, holds: () => boolean): Promise<void>;
}

class Owner implements SinkObserver {
  drains = 0;
  readonly ends: unknown[] = [];
  /** Calls that break the contract. */
  late = 0;

  drained(): void {
    if (this.ends.length > 0) this.late++;
    this.drains++;
  }

  closed(error?: unknown): void {
    this.ends.push(error);
  }
}

function open({ sink, reader }: SinkUnderTest, patienceMs: number): OpenedSink {
  const owner = new Owner();
  sink.open(owner, HIGH_WATER_MARK_BYTES);
  return {
    sink,
    reader,
    owner,
    async eventually(promise, holds) {
      const end = performance.now() + patienceMs;
      while (!holds()) {
        must(performance.now() < end, promise);
        await nextTurn(1);
      }
    },
  };
}

async function checkOrder({ sink, reader, owner, eventually }: OpenedSink): Promise<void> {
  const words = Array.from({ length: 200 }, (_, index) => `word ${index};`);
  for (const word of words) sink.write(encode(word));
  sink.close();
  await eventually("closed is called and the reader's stream ends", () => ended(owner) && reader.ended());
  must(reader.text() === words.join(""), "all bytes arrive, in order");
  mustBeOver(sink, owner);
}

async function checkDrain({ sink, reader, owner, eventually }: OpenedSink): Promise<void> {
  reader.pause();
  let sent = 0;
  while (sink.bufferedBytes <= HIGH_WATER_MARK_BYTES && sent < 1000) {
    sink.write(BLOCK);
    sent++;
    await nextTurn();
  }
  must(sink.write(encode("!")) === false, "above the mark a write answers false");
  must(sink.bufferedBytes > HIGH_WATER_MARK_BYTES, "what nobody has read is buffered");
  const { drains } = owner;
  reader.resume();
  await eventually("drained is called", () => owner.drains > drains);
  must(sink.bufferedBytes <= HIGH_WATER_MARK_BYTES, "drained means that the buffer is at the mark or below");
  await eventually("the last byte arrives", () => reader.text().endsWith("!"));
  must(reader.text().length === sent * BLOCK.byteLength + 1, "a write that answered false was accepted");
  sink.close();
  await eventually("closed is called", () => ended(owner));
  mustBeOver(sink, owner);
}

async function checkLeave({ sink, reader, owner, eventually }: OpenedSink): Promise<void> {
  sink.write(encode("hello"));
  await eventually("the first bytes arrive", () => reader.text().includes("hello"));
  reader.leave();
  await eventually("closed is called", () => ended(owner));
  must(sink.write(encode("late")) === false, "after the end a write answers false");
  sink.close();
  sink.abort();
  await nextTurn(5);
  mustBeOver(sink, owner);
}

async function checkAbort({ sink, reader, owner, eventually }: OpenedSink): Promise<void> {
  reader.pause();
  for (let count = 0; count < 200; count++) sink.write(BLOCK);
  sink.abort();
  must(!ended(owner), "closed is not called in the turn of abort");
  await eventually("closed is called", () => ended(owner));
  sink.abort();
  must(sink.write(encode("late")) === false, "after abort a write answers false");
  await nextTurn();
  must(owner.ends.length === 1, "closed is called once");
  must(sink.bufferedBytes === 0, "nothing is buffered after the end");
  reader.resume();
  reader.leave();
}

async function checkEmpty({ sink, reader, owner, eventually }: OpenedSink): Promise<void> {
  sink.close();
  await eventually("closed is called and the reader's stream ends", () => ended(owner) && reader.ended());
  must(reader.text() === "", "nothing arrives");
  mustBeOver(sink, owner);
}

function ended(owner: Owner): boolean {
  return owner.ends.length > 0;
}

function mustBeOver(sink: ByteSink, owner: Owner): void {
  must(owner.ends.length === 1, "closed is called once");
  must(owner.ends[0] === undefined, "an end that is no failure has no error");
  must(owner.late === 0, "drained is not called after closed");
  must(sink.bufferedBytes === 0, "nothing is buffered after the end");
}

function must(holds: boolean, promise: string): void {
  if (!holds) throw new Error(`The sink breaks its contract: ${promise}`);
}

function nextTurn(delayMs = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
