import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** A server of pages with the client in them, and of event streams that the test writes. */
export interface PageServer {
  readonly origin: string;
  /** The requests for streams that are open, in the order of their coming. */
  readonly streams: Stream[];
  /** All requests for streams so far, by their last event ids (`undefined` for none), as characters. */
  readonly asked: (string | undefined)[];
  /** Adds an event with the next id to the log, and sends it to all. */
  publish(): void;
  readonly count: number;
  /** Answers the requests for streams in place of the log, while it is set. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  close(): Promise<void>;
}

/** A response that is open. */
export interface Stream {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Serves `script` in an empty page at `/`, and at `/events` a log of events, from the last event id on. */
export async function servePages(script: Uint8Array): Promise<PageServer> {
  const streams: Stream[] = [];
  const asked: (string | undefined)[] = [];
  const log: string[] = [];
  const answerFromLog = ({ headers }: IncomingMessage, response: ServerResponse) => {
    const after = headers["last-event-id"];
    const start = after === undefined ? log.length : Number(after);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(`retry: 20\nid: ${start}\n\n${log.slice(start).join("")}`);
  };
  const server: Server = createServer((request, response) => {
    if (request.url === "/client.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    } else if (request.url?.startsWith("/events")) {
      const id = request.headers["last-event-id"];
      asked.push(typeof id === "string" ? Buffer.from(id, "latin1").toString() : undefined);
      const stream = { request, response };
      streams.push(stream);
      response.on("close", () => streams.splice(streams.indexOf(stream), 1));
      (pages.answer ?? answerFromLog)(request, response);
    } else {
      response.writeHead(200, { "content-type": "text/html" });
      response.end('<!doctype html><title>client</title><script src="/client.js"></script>');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const pages: PageServer = {
    origin: `http://127.0.0.1:${port}`,
    streams,
    asked,
    publish() {
      log.push(`id: ${log.length + 1}\ndata: ${log.length + 1}\n\n`);
      for (const { response } of streams) {
        if (!response.writableEnded) response.write(log.at(-1) ?? "");
      }
    },
    get count() {
      return log.length;
    },
    answer: undefined,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return pages;
}
