/**
 * Sends a body on a Node response, at the client's pace.
 *
 * @module
 */

import type { ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { BodySource } from "../app/server-request.ts";

type Answer = ServerResponse | Http2ServerResponse;

/** Memory that is lent, a piece at a time, and used again. */
export class PiecePool {
  readonly #pieceBytes: number;
  readonly #limit: number;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  /** Keeps at most `limit` pieces of `pieceBytes` while nobody uses them; it lends as many as are asked for. */
  constructor(pieceBytes: number, limit: number) {
    this.#pieceBytes = pieceBytes;
    this.#limit = limit;
  }

  /** Holds whatever was in it before. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? new Uint8Array(this.#pieceBytes);
  }

  /** Takes back what nobody reads or writes any more. What is never given back is left to the garbage collector. */
  give(piece: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < this.#limit) this.#free.push(piece);
  }
}

/** As much as is read at once of a file: fewer turns between threads than with less. New memory would cost the most. */
const pool = new PiecePool(256 * 1024, 16);

/** Whether nothing more can be sent. */
export function isClosed(response: Answer): boolean {
  return "stream" in response ? response.stream?.closed !== false : response.closed;
}

/** Sends a body whose head is begun; when the client goes, the body is cancelled. Never rejects. */
export function pumpStream(reader: ReadableStreamDefaultReader<Uint8Array>, response: Answer): Promise<void> {
  (response as ServerResponse).flushHeaders();
  const leave = () => void reader.cancel(new Error("The client left")).catch(() => undefined);
  return pump(response, leave, async () => {
    const { done, value } = await reader.read();
    return done ? undefined : write(response, value);
  });
}

/** Sends what `source` reads into memory that is lent to it; when the client goes, it is closed. Never rejects. */
export function pumpSource(source: BodySource, response: Answer): Promise<void> {
  return pump(
    response,
    () => source.close(),
    () => writePiece(source, response),
  );
}

/** Writes by `writeNext`, which says whether there is room for more, until it says nothing. */
async function pump(
  response: Answer,
  leave: () => void,
  writeNext: () => Promise<boolean | undefined>,
): Promise<void> {
  response.once("close", leave);
  try {
    for (let hasRoom = await writeNext(); hasRoom !== undefined; hasRoom = await writeNext()) {
      if (!hasRoom) await drained(response);
    }
    if (isClosed(response)) leave();
    else response.end();
  } catch {
    // The head is sent: an end that comes too early is the only way left to say so.
    response.destroy();
  } finally {
    response.off("close", leave);
  }
}

/** Lends a piece until it is written, or will never be. */
async function writePiece(source: BodySource, response: Answer): Promise<boolean | undefined> {
  const piece = pool.take();
  const giveBack = () => pool.give(piece);
  let hasRoom: boolean | undefined;
  try {
    const bytes = await source.read(piece);
    hasRoom = bytes === undefined ? undefined : write(response, bytes, giveBack);
    return hasRoom;
  } finally {
    if (hasRoom === undefined) giveBack();
  }
}

function write(response: Answer, bytes: Uint8Array, onWritten?: () => void): boolean | undefined {
  return isClosed(response) ? undefined : (response as ServerResponse).write(bytes, onWritten);
}

function drained(response: Answer): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
