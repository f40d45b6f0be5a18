/**
 * TLS, with HTTP/2 for the clients that speak it, and a certificate that is renewed while it listens.
 *
 * ```sh
 * openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
 *   -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem
 * CERT=cert.pem KEY=key.pem node --conditions=dodona-source --import tsx examples/tls-http2.ts
 * curl -i --cacert cert.pem https://localhost:8443/ # PORT=... for another than 8443
 * ```
 *
 * A hang-up (SIGHUP) reads both files again: new connections get the new certificate, old ones keep theirs. Deno and
 * Bun can't do that; there it takes a new start.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import process from "node:process";
import { Application, type TlsKeys } from "dodona";

const app = new Application();
app.use(({ request, response }) => {
  const { httpVersion } = request.originalRequest;
  response.body = { secure: request.secure, httpVersion };
});

app.addEventListener("listen", ({ hostname, port, listener }) => {
  console.log(`Listening on https://${hostname}:${port}/`);
  process.on("SIGHUP", async () => {
    try {
      if (listener.replaceTlsKeys === undefined) throw new Error("this runtime can't while it listens");
      listener.replaceTlsKeys(await readKeys());
      console.log("The certificate was replaced");
    } catch (error) {
      // The one that is there stays.
      console.error(`The certificate was not replaced: ${(error as Error).message}`);
    }
  });
});

const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
const port = Number(process.env.PORT ?? 8443);
const { signal } = controller;
await app.listen({ hostname: "127.0.0.1", port, secure: true, ...(await readKeys()), signal });

async function readKeys(): Promise<TlsKeys> {
  const { CERT = "cert.pem", KEY = "key.pem" } = process.env;
  return { cert: await readFile(CERT, "utf8"), key: await readFile(KEY, "utf8") };
}
