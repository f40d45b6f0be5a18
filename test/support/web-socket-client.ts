import { WebSocket as NodeWebSocket } from "ws";

/** One thing that happened to a client, in short. */
export type ClientEvent =
  | { type: "open" }
  | { type: "message"; data: string | Uint8Array }
  | { type: "close"; code: number; reason: string };

/** A WebSocket client of the runtime, or of `ws` where it has none; it keeps what happened. */
export class WebSocketClient {
  readonly socket: WebSocket;
  readonly events: ClientEvent[] = [];
  #watchers: (() => void)[] = [];

  constructor(url: string, protocols: string | string[] = []) {
    const Client = (globalThis.WebSocket ?? NodeWebSocket) as typeof WebSocket;
    this.socket = new Client(url, protocols);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.#add({ type: "open" });
    this.socket.onclose = ({ code, reason }) => this.#add({ type: "close", code, reason });
    // It is followed by its close.
    this.socket.onerror = () => undefined;
    this.socket.onmessage = ({ data }) => {
      this.#add({ type: "message", data: typeof data === "string" ? data : new Uint8Array(data) });
    };
  }

  /** Opens to `port` of this machine. */
  static async open(port: number, path = "/", protocols: string | string[] = []): Promise<WebSocketClient> {
    const client = new WebSocketClient(`ws://127.0.0.1:${port}${path}`, protocols);
    await client.opened;
    return client;
  }

  get opened(): Promise<void> {
    return this.#until("open").then(() => undefined);
  }

  get closed(): Promise<{ code: number; reason: string }> {
    return this.#until("close").then(({ code, reason }) => ({ code, reason }));
  }

  /** The next message that was not taken yet. */
  async message(): Promise<string | Uint8Array> {
    const event = await this.#until("message");
    this.events.splice(this.events.indexOf(event), 1);
    return event.data;
  }

  #add(event: ClientEvent): void {
    this.events.push(event);
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }

  async #until<Type extends ClientEvent["type"]>(type: Type): Promise<Extract<ClientEvent, { type: Type }>> {
    while (true) {
      const event = this.events.find((one) => one.type === type);
      if (event !== undefined) return event as Extract<ClientEvent, { type: Type }>;
      if (this.events.at(-1)?.type === "close") throw new Error(`Closed before ${type} came`);
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }
}
