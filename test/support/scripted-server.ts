import { createServer, type Server, type Socket } from "node:net";

/** One request, and the raw bytes of its answer. */
export class Exchange {
  readonly method: string;
  readonly path: string;
  /** By lower-case name, one character per byte. */
  readonly headers: ReadonlyMap<string, string>;
  /** One character per byte. */
  readonly body: string;
  /** Resolves when the client is gone, or the connection is over otherwise. */
  readonly closed: Promise<void>;
  readonly socket: Socket;

  constructor(socket: Socket, head: string, body: string) {
    const [start = "", ...lines] = head.split("\r\n");
    const [method = "", path = ""] = start.split(" ");
    this.method = method;
    this.path = path;
    this.headers = new Map(lines.map((line) => splitField(line)));
    this.body = body;
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
  }

  /** Sends text as UTF-8, or bytes as they are. */
  send(text: string | Uint8Array): void {
    this.socket.write(text);
  }

  /** Sends the head of an event stream that ends with the connection, and then text. */
  stream(text = "", headers: readonly string[] = []): void {
    this.answer(200, ["content-type: text/event-stream", ...headers], text);
  }

  /** Sends a head, and then text. */
  answer(status: number, headers: readonly string[] = [], text = ""): void {
    this.send(`HTTP/1.1 ${status} X\r\n${["connection: close", ...headers].join("\r\n")}\r\n\r\n${text}`);
  }

  /** Sends a chunk so many times, at the client's pace; `told` hears how many were sent whenever the client is behind. */
  pour(chunk: Uint8Array, times: number, told: (sent: number) => void): void {
    let sent = 0;
    const more = () => {
      let isBehind = false;
      while (!isBehind && !this.socket.destroyed && sent < times) {
        sent++;
        isBehind = !this.socket.write(chunk);
      }
      if (isBehind) this.socket.once("drain", more);
      told(sent);
    };
    more();
  }

  /** Ends the answer. */
  end(): void {
    this.socket.end();
  }

  /** Breaks the connection off. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}

/** A server that does what a test says, byte for byte; each connection brings one request. */
export interface ScriptedServer {
  readonly url: string;
  /** All requests so far. */
  readonly exchanges: Exchange[];
  close(): Promise<void>;
}

/**
 * Listens on a free port of this machine. Each request goes to the script, in order; requests after the last are
 * the last's.
 */
export async function script(...steps: ((exchange: Exchange) => void)[]): Promise<ScriptedServer> {
  const exchanges: Exchange[] = [];
  const { origin, close } = await listenRaw((exchange) => {
    exchanges.push(exchange);
    steps[Math.min(exchanges.length, steps.length) - 1]?.(exchange);
  });
  return { url: `${origin}/events`, exchanges, close };
}

/** Listens on a free port of this machine, and takes one request of each connection. */
export async function listenRaw(
  take: (exchange: Exchange) => void,
): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    let text = "";
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A client that leaves with a reset is one of those that leave.
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
      if (end === -1 || text.length < end + 4 + length) return;
      const exchange = new Exchange(socket, text.slice(0, end), text.slice(end + 4));
      text = "";
      take(exchange);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function splitField(line: string): [string, string] {
  const at = line.indexOf(":");
  return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
}
