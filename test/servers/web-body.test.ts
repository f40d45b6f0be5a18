import assert from "node:assert/strict";
import { test } from "node:test";
import { failRead } from "../../src/app/body-error.ts";
import { readWebBody } from "../../src/servers/web-body.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";
import { eventually } from "../support/eventually.ts";
import { serveFetch, skipOnNode as skip } from "../support/fetch-serving.ts";
import { RawClient } from "../support/raw-client.ts";

function requestOf(
  chunks: string[],
  headers: HeadersInit = {},
): { request: Request; state: { pulled: number } } {
  const state = { pulled: 0 };
  const body = streamOf(chunks.map(bytesOf), state);
  const init: RequestInit & { duplex: "half" } = { method: "POST", body, headers, duplex: "half" };
  return { request: new Request("http://host.test/", init), state };
}

test("a body is read whole, announced or not", async () => {
  for (const headers of [{}, { "content-length": "4" }] as HeadersInit[]) {
    assert.deepEqual(await readWebBody(requestOf(["ab", "cd"], headers).request, 4), bytesOf("abcd"));
  }
  assert.equal((await readWebBody(new Request("http://host.test/"), 0)).length, 0);
});

test("above the limit it is refused, and read no further", async () => {
  for (const headers of [{}, { "content-length": "6" }, { "content-length": "x" }] as HeadersInit[]) {
    const { request, state } = requestOf(["ab", "cd", "ef", "gh", "ij", "kl", "mn"], headers);
    await assert.rejects(readWebBody(request, 3), { status: 413 });
    assert.ok(state.pulled < 5, `${state.pulled} chunks read`);
  }
});

test("a body that was read already is told so", async () => {
  const used = { name: "TypeError", message: "Body already used as a different type." };
  for (const headers of [{}, { "content-length": "2" }] as HeadersInit[]) {
    const { request } = requestOf(["ab"], headers);
    await request.text();
    await assert.rejects(readWebBody(request, 9), used);
    await assert.rejects(request.text().catch(failRead), used);
  }
});

for (const framing of [
  "Content-Length: 1000\r\n\r\npart",
  "Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
]) {
  test(`a client that leaves in the middle is an error (${framing.slice(0, 17)})`, { skip }, async () => {
    for (const read of [
      (request: Request): Promise<unknown> => readWebBody(request, 5000),
      (request: Request): Promise<unknown> => request.text().catch(failRead),
    ]) {
      let began = false;
      let failure: unknown;
      const { port, stop } = serveFetch(async (request) => {
        began = true;
        await read(request).catch((error) => {
          failure = error;
        });
        return new Response();
      });
      const client = await RawClient.open(port);
      client.send(`POST / HTTP/1.1\r\nHost: test\r\n${framing}`);
      await eventually(() => began);
      client.destroy();
      await eventually(() => failure !== undefined);
      const { status, message } = failure as { status: number; message: string };
      assert.deepEqual([status, message], [400, "The client left before the end of the body"]);
      await stop();
    }
  });
}
