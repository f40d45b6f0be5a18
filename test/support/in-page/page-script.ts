import type { ScriptedServer, Exchange as ServerExchange } from "../scripted-server.ts";

/** What the server outside the page does for it, and how it is told what a step of a script has called. */
declare function callServer(call: PageCall): Promise<void>;

/** A call of a method of an exchange, or the end of a script. Bytes travel as characters. */
export type PageCall =
  | { readonly kind: "send"; readonly exchange: number; readonly latin1: string }
  | { readonly kind: "pour"; readonly exchange: number; readonly latin1: string; readonly times: number }
  | { readonly kind: "end"; readonly exchange: number }
  | { readonly kind: "reset"; readonly exchange: number }
  | { readonly kind: "close"; readonly script: number };

/** What the server tells the page. */
export type PageNews =
  | {
      readonly kind: "asked";
      readonly script: number;
      readonly exchange: number;
      readonly method: string;
      readonly path: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: string;
    }
  | { readonly kind: "poured"; readonly exchange: number; readonly sent: number }
  | { readonly kind: "closed"; readonly exchange: number };

type Exchange = Omit<ServerExchange, "socket">;
type Step = (exchange: Exchange) => void;

const scripts: { readonly steps: readonly Step[]; readonly exchanges: Exchange[] }[] = [];
const open = new Map<number, PageExchange>();

/**
 * Stands in a page for `script` of the scripted server: the steps run here, and what they send goes out of a socket
 * of the server that the page came from.
 */
export async function script(...steps: Step[]): Promise<ScriptedServer> {
  const own = { steps, exchanges: [] };
  const at = scripts.push(own) - 1;
  return {
    url: `${location.origin}/${at}/events`,
    exchanges: own.exchanges,
    close: () => callServer({ kind: "close", script: at }),
  };
}

/** Hears what the server tells. */
export function hearServer(news: PageNews): void {
  if (news.kind === "asked") {
    const { steps, exchanges } = scripts[news.script] as (typeof scripts)[0];
    const exchange = new PageExchange(news);
    open.set(news.exchange, exchange);
    exchanges.push(exchange);
    steps[Math.min(exchanges.length, steps.length) - 1]?.(exchange);
  } else if (news.kind === "poured") {
    open.get(news.exchange)?.onPoured?.(news.sent);
  } else {
    open.get(news.exchange)?.onClosed();
    open.delete(news.exchange);
  }
}

class PageExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly closed: Promise<void>;
  onClosed!: () => void;
  onPoured: ((sent: number) => void) | undefined;
  readonly #number: number;

  constructor({ exchange, method, path, headers, body }: PageNews & { kind: "asked" }) {
    this.#number = exchange;
    this.method = method;
    this.path = path;
    this.headers = new Map(headers);
    this.body = body;
    this.closed = new Promise((resolve) => {
      this.onClosed = resolve;
    });
  }

  send(text: string | Uint8Array): void {
    void callServer({ kind: "send", exchange: this.#number, latin1: toLatin1(text) });
  }

  stream(text = "", headers: readonly string[] = []): void {
    this.answer(200, ["content-type: text/event-stream", ...headers], text);
  }

  answer(status: number, headers: readonly string[] = [], text = ""): void {
    this.send(`HTTP/1.1 ${status} X\r\n${["connection: close", ...headers].join("\r\n")}\r\n\r\n${text}`);
  }

  pour(chunk: Uint8Array, times: number, told: (sent: number) => void): void {
    this.onPoured = told;
    void callServer({ kind: "pour", exchange: this.#number, latin1: toLatin1(chunk), times });
  }

  end(): void {
    void callServer({ kind: "end", exchange: this.#number });
  }

  reset(): void {
    void callServer({ kind: "reset", exchange: this.#number });
  }
}

function toLatin1(text: string | Uint8Array): string {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
