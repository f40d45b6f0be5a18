/**
 * The whole body of a request that a runtime's own server took in.
 *
 * @module
 */

import { bodyUsed, failRead } from "../app/body-error.ts";
import { BodyReader } from "../app/body-reader.ts";

/**
 * Reads the body of `request`, at once where its length is announced: a server of HTTP takes no more than that from
 * the socket. Rejects as `ServerRequest.readBody`.
 *
 * @see RFC 9112, section 6.3
 */
export async function readWebBody(request: Request, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = request.headers.get("content-length");
  if (announced !== null && Number(announced) <= limitBytes) {
    return new Uint8Array(await request.arrayBuffer().catch(failRead));
  }
  const { body, bodyUsed: used } = request;
  if (used) throw bodyUsed();
  return body === null ? new Uint8Array() : await new BodyReader(body, limitBytes).readAll();
}
