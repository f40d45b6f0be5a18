/**
 * The readers: many raw sockets in one process of their own, each as cheap as can be, so that the
 * server is what a run measures. A reader sends a GET and counts the marks in what comes back; it
 * decodes nothing.
 *
 * @module
 */

import { connect, type Socket } from "node:net";
import { type ReaderCommand, type ReaderReport, readSharedMs, type Tally } from "./protocol.ts";
import { mark } from "./servers/tick.ts";

interface Reader {
  readonly socket: Socket;
  events: number;
  /** The count at which it pauses next. */
  pauseAt: number;
  /** How far apart its last two marks were: the next is likely to be as far. */
  stride: number;
}

// Fewer than the backlog of a listening socket (511 in Node), so that no connection is refused.
const openAtOnce = 200;
const markByte = mark.charCodeAt(0);

class Readers {
  // One buffer for all: each read is counted before the next one is made.
  readonly #buffer = Buffer.allocUnsafe(64 * 1024);
  readonly #readers: Reader[] = [];
  #dropped = 0;
  #hangingUp = false;
  #expected = 0;
  #behind = 0;
  #awake = false;
  #pauseEvery = Number.POSITIVE_INFINITY;
  #pauseMs = 0;
  /** While times are kept: how many readers each coming event still lacks, and when the last one had each. */
  #lacking: number[] | undefined;
  #times: number[] = [];

  async obey(command: ReaderCommand): Promise<void> {
    switch (command.kind) {
      case "open":
        await this.#open(command.port, command.count, command.lastEventId);
        return report({ kind: "opened", count: this.#readers.length - this.#dropped });
      case "expect":
        return this.#expect(command.eventsPerReader);
      case "pause":
        return this.#setPauses(command.everyEvents, command.pauseMs);
      case "stall":
        return this.#readers.forEach(({ socket }) => void socket.pause());
      case "resume":
        return this.#readers.forEach(({ socket }) => void socket.resume());
      case "tally":
        return report({ kind: "tally", tally: this.#tally() });
      case "keep-times":
        this.#lacking = [];
        return;
      case "times":
        return report({ kind: "times", times: this.#times.splice(0) });
      case "hang-up":
        this.#hangUp();
        return report({ kind: "hung-up" });
    }
  }

  /** Those that bring an id are connected first, and then ask all at once: they come back in a storm. */
  async #open(port: number, count: number, lastEventId: string | undefined): Promise<void> {
    this.#hangingUp = false;
    const answered: Promise<void>[] = [];
    for (let opened = 0; opened < count; opened += openAtOnce) {
      const batch = Array.from({ length: Math.min(openAtOnce, count - opened) }, () => this.#connect(port));
      await Promise.all(batch.map(({ connected }) => connected));
      answered.push(...batch.map(({ answer }) => answer));
      if (lastEventId !== undefined) continue;
      for (const { socket } of batch) socket.write(writeRequest(undefined));
      await Promise.all(answered);
    }
    if (lastEventId === undefined) return;
    for (const { socket } of this.#readers.slice(-count)) socket.write(writeRequest(lastEventId));
    await Promise.all(answered);
  }

  /** `answer` settles when the first bytes of the response are here; both, when the connection has failed. */
  #connect(port: number): { socket: Socket; connected: Promise<void>; answer: Promise<void> } {
    const connected = defer();
    const answer = defer();
    const onRead = (length: number) => {
      answer.resolve();
      this.#count(reader, length);
      return true;
    };
    const onread = { buffer: this.#buffer, callback: onRead };
    const socket = connect({ port, host: "127.0.0.1", onread }, connected.resolve);
    const reader: Reader = { socket, events: 0, pauseAt: this.#pauseEvery, stride: 0 };
    socket.on("error", () => {}); // "close" follows, and is counted
    socket.on("close", () => {
      if (!this.#hangingUp) this.#dropped++;
      connected.resolve();
      answer.resolve();
    });
    this.#readers.push(reader);
    return { socket, connected: connected.promise, answer: answer.promise };
  }

  #count(reader: Reader, length: number): void {
    const before = reader.events;
    reader.events += countMarks(this.#buffer.subarray(0, length), reader);
    if (this.#lacking !== undefined) this.#keepTimes(before, reader.events, this.#lacking);
    if (before < this.#expected && reader.events >= this.#expected && --this.#behind === 0) this.#reached();
    if (reader.events >= reader.pauseAt) this.#pause(reader);
  }

  #expect(eventsPerReader: number): void {
    this.#expected = eventsPerReader;
    this.#behind = this.#readers.filter((reader) => reader.events < eventsPerReader).length;
    if (this.#behind === 0) this.#reached();
    else this.#stayAwake();
  }

  /** While something is on its way: a process that sleeps has to be woken, and the sender pays for that. */
  #stayAwake(): void {
    if (this.#awake) return;
    this.#awake = true;
    const spin = () => {
      this.#awake = this.#behind > 0 && !this.#hangingUp;
      if (this.#awake) setImmediate(spin);
    };
    setImmediate(spin);
  }

  #reached(): void {
    report({ kind: "reached", atMs: readSharedMs() });
  }

  #keepTimes(before: number, after: number, lacking: number[]): void {
    for (let event = before; event < after; event++) {
      const left = (lacking[event] ?? this.#readers.length) - 1;
      lacking[event] = left;
      if (left === 0) this.#times.push(readSharedMs());
    }
  }

  #setPauses(everyEvents: number, pauseMs: number): void {
    this.#pauseEvery = everyEvents;
    this.#pauseMs = pauseMs;
    for (const reader of this.#readers) reader.pauseAt = reader.events + everyEvents;
  }

  #pause(reader: Reader): void {
    reader.pauseAt = reader.events + this.#pauseEvery;
    reader.socket.pause();
    setTimeout(() => reader.socket.resume(), this.#pauseMs);
  }

  #tally(): Tally {
    const counts = this.#readers.map((reader) => reader.events);
    return {
      total: counts.reduce((sum, events) => sum + events, 0),
      least: counts.reduce((least, events) => Math.min(least, events), counts[0] ?? 0),
      most: counts.reduce((most, events) => Math.max(most, events), 0),
      dropped: this.#dropped,
    };
  }

  #hangUp(): void {
    this.#hangingUp = true;
    // A reset leaves no port in TIME_WAIT for the rounds that follow.
    for (const { socket } of this.#readers.splice(0)) socket.resetAndDestroy();
  }
}

/** Events of one run are as long as each other, so that most marks are found by one look. */
function countMarks(bytes: Buffer, reader: Reader): number {
  let count = 0;
  let at = bytes.indexOf(markByte);
  while (at !== -1) {
    count++;
    if (bytes[at + reader.stride] === markByte && reader.stride > 0) {
      at += reader.stride;
      continue;
    }
    const next = bytes.indexOf(markByte, at + 1);
    if (next !== -1) reader.stride = next - at;
    at = next;
  }
  return count;
}

function writeRequest(lastEventId: string | undefined): string {
  const id = lastEventId === undefined ? "" : `Last-Event-ID: ${lastEventId}\r\n`;
  return `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n${id}\r\n`;
}

function defer(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function report(message: ReaderReport): void {
  process.send?.(message);
}

const readers = new Readers();
process.on("disconnect", () => process.exit());
process.on("message", (command: ReaderCommand) => void readers.obey(command));
