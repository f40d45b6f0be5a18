import { connect, type Socket } from "node:net";
import { createDecoder, type DecodedEvent } from "../../src/wire/decode.ts";

/** One of many readers: it understands what it is sent as an `EventSource` does, and keeps no text. */
export class CrowdReader {
  readonly events: DecodedEvent[] = [];
  readonly comments: string[] = [];
  /** The status line and the headers, once they are there. */
  head = "";
  retryMs: number | undefined;
  /** Whether the response came to its end, rather than being cut. */
  finished = false;
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #decoder;
  #opening = "";

  constructor(port: number, lastEventId = "") {
    this.#decoder = createDecoder(
      {
        onEvent: (event) => this.events.push(event),
        onComment: (text) => this.comments.push(text),
        onRetry: (retryMs) => {
          this.retryMs = retryMs;
        },
      },
      { lastEventId },
    );
    const id = lastEventId === "" ? "" : `Last-Event-ID: ${lastEventId}\r\n`;
    // By HTTP/1.0 the body comes unchunked, and ends with the connection.
    this.#socket = connect(port, "127.0.0.1", () => {
      this.#socket.write(`GET /events HTTP/1.0\r\nHost: test\r\n${id}\r\n`);
    });
    this.#socket.on("data", (bytes) => this.#take(bytes));
    this.#socket.on("end", () => {
      this.finished = true;
    });
    // What a reset means, the test sees from `finished`.
    this.#socket.on("error", () => undefined);
    this.closed = new Promise((resolve) => {
      this.#socket.on("close", () => resolve());
    });
  }

  /** With what an `EventSource` would come back. */
  get lastEventId(): string {
    return this.#decoder.lastEventId;
  }

  get status(): number {
    return Number(/^HTTP\/1\.\d (\d{3}) /.exec(this.head)?.[1]);
  }

  /** The data of the events of a type, as numbers. */
  numbers(type: string): number[] {
    return this.events.filter((event) => event.type === type).map(({ data }) => Number(data));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    if (this.head !== "") {
      this.#decoder.feed(bytes);
      return;
    }
    this.#opening += bytes.toString("latin1");
    const end = this.#opening.indexOf("\r\n\r\n");
    if (end === -1) return;
    this.head = this.#opening.slice(0, end);
    this.#decoder.feed(Buffer.from(this.#opening.slice(end + 4), "latin1"));
    this.#opening = "";
  }
}

/** Lets so many readers come, a few at a time, and resolves when each has the head of its answer. */
export async function gather(
  port: number,
  count: number,
  lastEventId: (index: number) => string = () => "",
): Promise<CrowdReader[]> {
  const readers: CrowdReader[] = [];
  for (let index = 0; index < count; index++) {
    readers.push(new CrowdReader(port, lastEventId(index)));
    // No listener has room for all of them at once.
    if (index % 50 === 49) await headed(readers);
  }
  await headed(readers);
  return readers;
}

async function headed(readers: readonly CrowdReader[]): Promise<void> {
  while (!readers.every(({ head }) => head !== "")) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Whether each number follows the one before it. */
export function isContiguous(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1);
}
