import { connect, type Socket } from "node:net";

/** A client that is nothing but a socket: it shows each byte, and leaves as rudely as it is told. */
export class RawClient {
  /** All that has arrived, one character per byte. */
  text = "";
  /** Resolves when the connection is over, whoever ended it. */
  readonly closed: Promise<void>;
  readonly socket: Socket;
  #watchers: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk) => {
      this.text += chunk.toString("latin1");
      this.#notify();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        resolve();
        this.#notify();
      });
    });
    // A reset is one way to end among others.
    socket.on("error", () => undefined);
  }

  static open(port: number, hostname = "127.0.0.1"): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, hostname);
      const client = new RawClient(socket);
      socket.once("connect", () => resolve(client));
      socket.once("error", reject);
    });
  }

  /** Opens, and asks for `path`. */
  static async get(port: number, path: string, headers: string[] = [], version = "1.1"): Promise<RawClient> {
    const client = await RawClient.open(port);
    client.send(`GET ${path} HTTP/${version}\r\n${["Host: test", ...headers].join("\r\n")}\r\n\r\n`);
    return client;
  }

  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Resolves when `text` has arrived; rejects when the connection ends without it. */
  async until(text: string | RegExp): Promise<void> {
    const has = () => (typeof text === "string" ? this.text.includes(text) : text.test(this.text));
    while (!has()) {
      if (this.socket.destroyed) throw new Error(`Closed before ${text} came: ${JSON.stringify(this.text)}`);
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** The part before the body. */
  get head(): string {
    return this.text.slice(0, this.text.indexOf("\r\n\r\n"));
  }

  /** Stops reading, so that the server's buffers fill. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Leaves with a reset instead of an end. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  #notify(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }
}
