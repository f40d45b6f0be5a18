import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBody, readBodyCoding } from "../../src/app/body-coding.ts";
import { createHttpError, httpErrors } from "../../src/http/http-error.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

async function compress(text: string, coding: "gzip" | "deflate"): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream(coding));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

test("no coding and identity are none", () => {
  for (const header of [null, "", "identity", " Identity "]) {
    assert.equal(readBodyCoding(header, false), undefined);
    assert.equal(readBodyCoding(header, true), undefined);
  }
});

test("a coding is read where decompression is on", () => {
  assert.deepEqual(
    ["gzip", "X-GZIP", " deflate"].map((header) => readBodyCoding(header, true)),
    ["gzip", "gzip", "deflate"],
  );
});

for (const [header, decompress, accept] of [
  ["gzip", false, "identity"],
  ["br", true, "gzip, deflate"],
  ["gzip, gzip", true, "gzip, deflate"],
] as const) {
  test(`${header} is refused, with what would do`, () => {
    assert.throws(
      () => readBodyCoding(header, decompress),
      (error) => {
        assert.ok(error instanceof httpErrors.UnsupportedMediaType);
        assert.equal(error.message, `Cannot read the body: its content encoding is "${header}"`);
        assert.equal(error.headers?.get("accept-encoding"), accept);
        return true;
      },
    );
  });
}

test("a coded body is decoded, wherever it was cut", async () => {
  for (const coding of ["gzip", "deflate"] as const) {
    const bytes = Array.from(await compress("Dodona", coding), (byte) => Uint8Array.of(byte));
    assert.deepEqual(await decodeBody(streamOf(bytes), coding, 6).readAll(), bytesOf("Dodona"));
  }
});

test("the limit counts what was decoded, and stops at it", async () => {
  const bytes = await compress("x".repeat(5_000_000), "gzip");
  assert.ok(bytes.length < 10_000);
  await assert.rejects(decodeBody(streamOf([bytes]), "gzip", 10_000).readAll(), { status: 413 });
});

test("what is not coded so is a bad request", async () => {
  const whole = await compress("Dodona", "gzip");
  for (const bytes of [bytesOf("no gzip at all"), whole.slice(0, -9)]) {
    await assert.rejects(decodeBody(streamOf([bytes]), "gzip", 99).readAll(), {
      status: 400,
      message: /^The body is not gzip: /,
    });
  }
});

test("a body that fails while it is decoded fails in its own way", async () => {
  const own = createHttpError(413);
  const body = new ReadableStream({
    pull(controller) {
      controller.error(own);
    },
  });
  await assert.rejects(decodeBody(body, "gzip", 99).readAll(), (error) => error === own);
});
