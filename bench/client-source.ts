/**
 * The server of the client part: one event stream without an end, as fast as its reader takes it.
 *
 * @module
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { SourceReport } from "./client.ts";

const event = `id: 12345\ndata: ${"x".repeat(120)}\n\n`;
const block = Buffer.from(event.repeat(500));

const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = () => {
    while (!response.destroyed && response.write(block));
  };
  response.on("drain", send);
  send();
});
server.listen(0, "127.0.0.1", () => report({ kind: "ready", port: (server.address() as AddressInfo).port }));
process.on("disconnect", () => process.exit());

function report(message: SourceReport): void {
  process.send?.(message);
}
