/**
 * The whole body of a request that a runtime's own server took in.
 *
 * @module
 */

import { bodyUsed, clientLeft } from "../app/body-error.ts";
import { BodyReader } from "../app/body-reader.ts";

/**
 * Reads the body of `request`, at once where its length is announced: a server of HTTP takes no more than that from
 * the socket. Rejects as `ServerRequest.readBody`.
 *
 * @see RFC 9112, section 6.3
 */
export async function readWebBody(request: Request, limitBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (request.bodyUsed) throw bodyUsed();
  const announced = request.headers.get("content-length");
  if (announced !== null && Number(announced) <= limitBytes) {
    const bytes = await request.arrayBuffer().catch((error) => {
      throw clientLeft(error);
    });
    return new Uint8Array(bytes);
  }
  const { body } = request;
  return body === null ? new Uint8Array() : await new BodyReader(body, limitBytes).readAll();
}

/** Reads the body of `request` as UTF-8, whatever its length. Rejects as `ServerRequest.readText`. */
export function readWebText(request: Request): Promise<string> {
  if (request.bodyUsed) return Promise.reject(bodyUsed());
  return request.text().catch((error) => {
    throw clientLeft(error);
  });
}
