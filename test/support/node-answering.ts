import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { RawClient } from "./raw-client.ts";

/** A request of `node:http`, its response, and the client at the other end. */
export interface NodeExchange {
  request: IncomingMessage;
  response: ServerResponse;
  client: RawClient;
}

/** Sends `text` to a server of `node:http` that takes this one connection. */
export async function exchange(text: string): Promise<NodeExchange> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const asked = new Promise<[IncomingMessage, ServerResponse]>((resolve) => {
    server.on("request", (request, response) => resolve([request, response]));
  });
  const client = await RawClient.open((server.address() as AddressInfo).port);
  client.send(text);
  const [request, response] = await asked;
  server.close();
  return { request, response, client };
}

/** The reason why a test of Node's own modules does not run elsewhere. */
export const skipUnlessNode: string | false =
  "Deno" in globalThis || "Bun" in globalThis ? "it is about Node's own requests and sockets" : false;
