import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readMultipart } from "../../src/http/multipart.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

const BOUNDARY = "----x-y";

interface Field {
  name: string;
  filename: string | undefined;
  content: Uint8Array<ArrayBuffer>;
}

/** What a browser does to a name. @see HTML, "multipart/form-data encoding algorithm" */
function escapeName(name: string): string {
  return name.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}

function serialise(fields: Field[]): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  for (const { name, filename, content } of fields) {
    const file = filename === undefined ? "" : `; filename="${escapeName(filename)}"`;
    const disposition = `Content-Disposition: form-data; name="${escapeName(name)}"${file}`;
    pieces.push(bytesOf(`--${BOUNDARY}\r\n${disposition}\r\n\r\n`), content, bytesOf("\r\n"));
  }
  pieces.push(bytesOf(`--${BOUNDARY}--\r\n`));
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function cut(bytes: Uint8Array<ArrayBuffer>, sizes: number[]): Uint8Array<ArrayBuffer>[] {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  return [...chunks, bytes.slice(at)];
}

async function parse(chunks: Uint8Array<ArrayBuffer>[]): Promise<Field[]> {
  const fields: Field[] = [];
  for await (const part of readMultipart(streamOf(chunks), BOUNDARY)) {
    const { name, filename } = part;
    fields.push({ name, filename, content: await part.bytes() });
  }
  return fields;
}

const name = fc
  .string({ unit: fc.constantFrom('"', "\r", "\n", "\\", ";", "a", "é", "😀", " ", "%", "="), maxLength: 8 })
  // What a browser sends for these looks like an escape, or like a quote that does not end the name.
  .filter((text) => !/%|\\"|\\$/.test(text));
/** Contents that come as near to the boundary as they may. */
const content = fc
  .array(
    fc.oneof(
      fc.constantFrom("\r", "\n", "\r\n", "\r\n-", "\r\n------x-", `--${BOUNDARY}`, "-", "x-y"),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(""))
  .filter((text) => !`\r\n${text}`.includes(`\r\n--${BOUNDARY}`))
  .map(bytesOf);
const field = fc.record(
  { name, filename: fc.option(name, { nil: undefined }), content },
  { noNullPrototype: true },
);
const fields = fc.array(field, { maxLength: 4 });

test("parse(serialise(x)) is x, in any chunks", async () => {
  await fc.assert(
    fc.asyncProperty(fields, fc.array(fc.nat(12), { maxLength: 40 }), async (sent, sizes) => {
      assert.deepEqual(await parse(cut(serialise(sent), sizes)), sent);
    }),
    { numRuns: 500 },
  );
});

test("parse(serialise(x)) is x at every split point", async () => {
  await fc.assert(
    fc.asyncProperty(fields, async (sent) => {
      const bytes = serialise(sent);
      for (let at = 0; at <= bytes.length; at++) assert.deepEqual(await parse(cut(bytes, [at])), sent);
    }),
    { numRuns: 20 },
  );
});

test("any bytes are parts, or a refusal with a status", async () => {
  const token = fc.constantFrom(
    `--${BOUNDARY}`,
    "\r\n",
    "--",
    "Content-Disposition: form-data; name=",
    '"a"',
    ":",
    "é",
    "\0",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(token, { maxLength: 25 }),
      fc.array(fc.nat(9), { maxLength: 20 }),
      async (tokens, sizes) => {
        const whole = bytesOf(`--${BOUNDARY}\r\n${tokens.join("")}`);
        await parse(cut(whole, sizes)).catch((error) => assert.equal(error.status, 400));
      },
    ),
    { numRuns: 500 },
  );
});

test("what the platform's FormData becomes is read back", async () => {
  const form = new FormData();
  form.append('a "quoted"\r\nname', "día\r\n--");
  form.append("file", new File([Uint8Array.of(0, 13, 10, 45, 255)], "föö \\ bar.bin"));
  const response = new Response(form);
  const boundary = /boundary="?([^"]+)/.exec(response.headers.get("content-type") ?? "")?.[1] ?? "";
  const read: [string, string | undefined, string][] = [];
  for await (const part of readMultipart(response.body as ReadableStream<Uint8Array>, boundary)) {
    read.push([part.name, part.filename, String(await part.bytes())]);
  }
  assert.deepEqual(read, [
    ['a "quoted"\r\nname', undefined, String(bytesOf("día\r\n--"))],
    ["file", "föö \\ bar.bin", "0,13,10,45,255"],
  ]);
});
