import { createDecoder, type DecodedEvent, type Decoder } from "../../src/wire/decode.ts";
import { RawClient } from "./raw-client.ts";

/** How a stream is asked for. */
export interface RawEventsInit {
  /** What an `EventSource` says when it comes back. */
  lastEventId?: string;
  headers?: string[];
}

/** An event stream over nothing but a socket, read as far as the test says, and understood as an `EventSource` does. */
export class RawEvents {
  readonly client: RawClient;
  /** What was understood so far. */
  readonly events: DecodedEvent[] = [];
  readonly comments: string[] = [];
  readonly #decoder: Decoder;
  #taken = 0;

  private constructor(client: RawClient, lastEventId: string) {
    this.client = client;
    this.#decoder = createDecoder(
      {
        onEvent: (event) => this.events.push(event),
        onComment: (text) => this.comments.push(text),
      },
      { lastEventId },
    );
  }

  /** Asks for a stream, by HTTP/1.0, so that its body comes unchunked; resolves when the head is there. */
  static async open(port: number, path: string, init: RawEventsInit = {}): Promise<RawEvents> {
    const { lastEventId = "", headers = [] } = init;
    const id = lastEventId === "" ? [] : [`Last-Event-ID: ${lastEventId}`];
    const client = await RawClient.get(port, path, [...headers, ...id], "1.0");
    await client.until("\r\n\r\n");
    return new RawEvents(client, lastEventId);
  }

  /** With what an `EventSource` would come back now. */
  get lastEventId(): string {
    return this.#decoder.lastEventId;
  }

  /** The data of the events of a type. */
  data(type: string): string[] {
    return this.events.filter((event) => event.type === type).map(({ data }) => data);
  }

  /** How many bytes of the body have arrived. */
  get arrived(): number {
    return this.client.text.length - this.#bodyAt;
  }

  /** Understands what has arrived, up to so many bytes of the body in all. */
  take(byteLength: number = this.arrived): void {
    const from = this.#bodyAt + this.#taken;
    const text = this.client.text.slice(from, this.#bodyAt + byteLength);
    this.#taken = Math.max(this.#taken, Math.min(byteLength, this.arrived));
    this.#decoder.feed(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  }

  /** Understands what arrives until `condition` holds; rejects when the stream ends before. */
  async until(condition: () => boolean): Promise<void> {
    this.take();
    while (!condition()) {
      await this.untilArrived(this.#taken + 1);
      this.take();
    }
  }

  /** Resolves when so many bytes of the body are there, understood or not; rejects when the stream ends before. */
  async untilArrived(byteLength: number): Promise<void> {
    while (this.arrived < byteLength) {
      const { text } = this.client;
      if (this.client.socket.destroyed)
        throw new Error(`Ended too early: ${JSON.stringify(text.slice(-500))}`);
      await this.#more();
    }
  }

  /** Leaves. */
  destroy(): void {
    this.client.destroy();
  }

  #more(): Promise<void> {
    const { socket } = this.client;
    return new Promise((resolve) => {
      const come = () => {
        socket.off("data", come);
        socket.off("close", come);
        resolve();
      };
      socket.on("data", come);
      socket.on("close", come);
    });
  }

  get #bodyAt(): number {
    return this.client.text.indexOf("\r\n\r\n") + 4;
  }
}
