import { bytesOf } from "./byte-stream.ts";

/** A server without a socket, which keeps all events, and sends those after the last id of a request. */
export class EventLogServer {
  readonly #events: string[] = [];
  readonly #streams = new Set<{ controller: ReadableStreamDefaultController<Uint8Array>; path: string }>();
  /** The last event ids that were asked for, `null` for none. */
  readonly asked: (string | null)[] = [];
  /** Whether events have ids. */
  readonly #hasIds: boolean;

  constructor(hasIds = true) {
    this.#hasIds = hasIds;
  }

  /** How many events there are. */
  get count(): number {
    return this.#events.length;
  }

  /** How many connections are open. */
  get open(): number {
    return this.#streams.size;
  }

  /** Adds an event, whose data is its number from 1, and sends it to all. */
  publish(): void {
    this.#events.push(`${this.#hasIds ? `id: ${this.count + 1}\n` : ""}data: ${this.count + 1}\n\n`);
    for (const { controller } of this.#streams) controller.enqueue(bytesOf(this.#events.at(-1) ?? ""));
  }

  /** Answers a request, until it is aborted. */
  readonly fetch = async (path: string, { headers, signal }: RequestInit): Promise<Response> => {
    const after = (headers as Headers).get("last-event-id");
    this.asked.push(after);
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        const stream = { controller, path };
        this.#streams.add(stream);
        const start = after === null ? this.count : Number(after);
        // Primes the stream, so that one that is cut before its first event can go on.
        const text = this.#hasIds ? `id: ${start}\n\n` : ":\n";
        controller.enqueue(bytesOf(text + this.#events.slice(start).join("")));
        signal?.addEventListener("abort", () => {
          if (this.#streams.delete(stream)) controller.error(signal.reason);
        });
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };

  /** Ends all connections. */
  cut(): void {
    for (const { controller } of this.#streams) controller.close();
    this.#streams.clear();
  }
}
