/** `node:http` by hand. @module */

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GREETING, ROUTES } from "../../http-workloads.ts";
import { announce, ROOT } from "./announce.ts";

const prefixes = new Set(ROUTES.map((n) => `/r${n}/items/`));

const server = createServer(async (request, response) => {
  const url = request.url ?? "/";
  if (url === "/") return response.setHeader("content-type", "text/plain; charset=UTF-8").end(GREETING);
  if (url === "/json") {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
    return response.setHeader("content-type", "application/json; charset=UTF-8").end(JSON.stringify(value));
  }
  if (url === "/file.bin") {
    const path = `${ROOT}/file.bin`;
    const { size } = await stat(path);
    response.setHeader("content-type", "application/octet-stream").setHeader("content-length", size);
    return createReadStream(path).pipe(response);
  }
  const slash = url.lastIndexOf("/") + 1;
  if (prefixes.has(url.slice(0, slash))) {
    return response.setHeader("content-type", "text/plain; charset=UTF-8").end(url.slice(slash));
  }
  response.writeHead(404).end();
});
server.listen(0, "127.0.0.1", () => announce((server.address() as AddressInfo).port));
