/**
 * The readers: many raw sockets in one process of their own, each as cheap as can be, so that the
 * server is what a run measures. A reader sends a GET and counts the marks in what comes back; it
 * decodes nothing.
 *
 * @module
 */

import { connect, type Socket } from "node:net";
import type { ReaderCommand, ReaderReport, Tally } from "./protocol.ts";
import { mark } from "./servers/tick.ts";

interface Reader {
  readonly socket: Socket;
  events: number;
  /** The count at which it pauses next. */
  pauseAt: number;
}

// Fewer than the backlog of a listening socket (511 in Node), so that no connection is refused.
const openAtOnce = 200;
const markByte = mark.charCodeAt(0);
const request = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n";

class Readers {
  // One buffer for all: each read is counted before the next one is made.
  readonly #buffer = Buffer.allocUnsafe(64 * 1024);
  readonly #readers: Reader[] = [];
  #dropped = 0;
  #hangingUp = false;
  #expected = 0;
  #behind = 0;
  #pauseEvery = Number.POSITIVE_INFINITY;
  #pauseMs = 0;

  async obey(command: ReaderCommand): Promise<void> {
    switch (command.kind) {
      case "open":
        await this.#open(command.port, command.count);
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
      case "hang-up":
        this.#hangUp();
        return report({ kind: "hung-up" });
    }
  }

  async #open(port: number, count: number): Promise<void> {
    this.#hangingUp = false;
    for (let opened = 0; opened < count; opened += openAtOnce) {
      const batch = Math.min(openAtOnce, count - opened);
      await Promise.all(Array.from({ length: batch }, () => this.#openOne(port)));
    }
  }

  /** Settles when the first bytes of the response are here, or the connection failed. */
  #openOne(port: number): Promise<void> {
    return new Promise((resolve) => {
      const onRead = (length: number) => {
        resolve();
        this.#count(reader, length);
        return true;
      };
      const onread = { buffer: this.#buffer, callback: onRead };
      const socket = connect({ port, host: "127.0.0.1", onread });
      const reader: Reader = { socket, events: 0, pauseAt: this.#pauseEvery };
      socket.on("error", () => {}); // "close" follows, and is counted
      socket.on("close", () => {
        if (!this.#hangingUp) this.#dropped++;
        resolve();
      });
      socket.write(request);
      this.#readers.push(reader);
    });
  }

  #count(reader: Reader, length: number): void {
    const bytes = this.#buffer.subarray(0, length);
    const before = reader.events;
    for (let at = bytes.indexOf(markByte); at !== -1; at = bytes.indexOf(markByte, at + 1)) reader.events++;
    if (before < this.#expected && reader.events >= this.#expected && --this.#behind === 0) {
      report({ kind: "reached" });
    }
    if (reader.events >= reader.pauseAt) this.#pause(reader);
  }

  #expect(eventsPerReader: number): void {
    this.#expected = eventsPerReader;
    this.#behind = this.#readers.filter((reader) => reader.events < eventsPerReader).length;
    if (this.#behind === 0) report({ kind: "reached" });
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

function report(message: ReaderReport): void {
  process.send?.(message);
}

const readers = new Readers();
process.on("disconnect", () => process.exit());
process.on("message", (command: ReaderCommand) => void readers.obey(command));
