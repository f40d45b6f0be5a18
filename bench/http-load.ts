/**
 * The clients of the HTTP part: a process with many connections, each of which asks again as soon as it has its
 * answer. It counts bytes and parses no more than it must, so that it is not what is measured.
 *
 * @module
 */

import { connect, type Socket } from "node:net";
import type { LoadCommand, LoadReport } from "./protocol.ts";

const HEAD_END = Buffer.from("\r\n\r\n");
const CHUNKS_END = Buffer.from("\r\n0\r\n\r\n");

/** One connection, and how far its answer has come. */
class Connection {
  readonly socket: Socket;
  readonly #request: Buffer;
  readonly #onError: (error: Error) => void;
  readonly #onAnswer: (bodyBytes: number) => void;
  #pending: Buffer | undefined;
  /** What is still to come of a body of known length; -1 while the head is, -2 in chunks. */
  #rest = -1;
  #bodyBytes = 0;

  constructor(
    port: number,
    request: Buffer,
    onAnswer: (bodyBytes: number) => void,
    onError: (error: Error) => void,
  ) {
    this.#request = request;
    this.#onAnswer = onAnswer;
    this.#onError = onError;
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("data", (data: Buffer) => this.#take(data));
    this.socket.on("error", onError);
    this.socket.on("close", () => onError(new Error("the server closed a connection")));
  }

  ask(): void {
    this.socket.write(this.#request);
  }

  #take(data: Buffer): void {
    if (this.#rest >= 0) this.#takeBody(data);
    else {
      const text = this.#pending === undefined ? data : Buffer.concat([this.#pending, data]);
      if (this.#rest === -2) this.#takeChunks(text);
      else this.#takeHead(text);
    }
  }

  #takeHead(text: Buffer): void {
    const end = text.indexOf(HEAD_END);
    this.#pending = end < 0 ? text : undefined;
    if (end < 0) return;
    const head = text.toString("latin1", 0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#bodyBytes = 0;
    this.#rest = length === undefined ? -2 : Number(length);
    const body = text.subarray(end + 4);
    if (!head.startsWith("HTTP/1.1 200 ")) this.#onError(new Error(`the answer is ${head.slice(0, 40)}`));
    else if (length === undefined) this.#takeChunks(body);
    else this.#takeBody(body);
  }

  #takeBody(data: Buffer): void {
    this.#rest -= data.byteLength;
    this.#bodyBytes += data.byteLength;
    if (this.#rest === 0) this.#finish();
  }

  /** Of a body in chunks only the end is looked for, and all else counted, frames too. */
  #takeChunks(data: Buffer): void {
    if (data.indexOf(CHUNKS_END, Math.max(0, data.byteLength - CHUNKS_END.byteLength)) < 0) {
      this.#bodyBytes += Math.max(0, data.byteLength - CHUNKS_END.byteLength);
      this.#pending = data.subarray(-CHUNKS_END.byteLength);
      return;
    }
    this.#bodyBytes += data.byteLength;
    this.#pending = undefined;
    this.#finish();
  }

  #finish(): void {
    this.#rest = -1;
    this.#onAnswer(this.#bodyBytes);
  }
}

function load({ port, request, connections, requests, leastBytes }: LoadCommand): Promise<number> {
  let all: Connection[] = [];
  const loaded = new Promise<number>((resolve, reject) => {
    let asked = 0;
    let answered = 0;
    let start = 0;
    const text = Buffer.from(request, "latin1");
    all = Array.from({ length: connections }, () => {
      const connection: Connection = new Connection(
        port,
        text,
        (bodyBytes) => {
          if (bodyBytes < leastBytes)
            return reject(new Error(`a body has ${bodyBytes} bytes, not ${leastBytes}`));
          answered++;
          if (asked < requests) {
            asked++;
            connection.ask();
          } else if (answered === requests) {
            resolve(performance.now() - start);
          }
        },
        reject,
      );
      return connection;
    });
    const opened = all.map(({ socket }) => new Promise<void>((open) => socket.once("connect", () => open())));
    void Promise.all(opened).then(() => {
      start = performance.now();
      for (const connection of all) {
        if (asked === requests) break;
        asked++;
        connection.ask();
      }
    });
  });
  return loaded.finally(() => {
    for (const { socket } of all)
      socket
        .removeAllListeners()
        .on("error", () => undefined)
        .destroy();
  });
}

function report(message: LoadReport): void {
  process.send?.(message);
}

process.on("disconnect", () => process.exit());
process.on("message", (command: LoadCommand) => {
  load(command).then(
    (wallMs) => report({ kind: "loaded", wallMs }),
    (error: Error) => report({ kind: "loaded", wallMs: 0, failure: error.message }),
  );
});
report({ kind: "ready" });
