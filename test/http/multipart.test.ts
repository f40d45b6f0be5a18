import assert from "node:assert/strict";
import { test } from "node:test";
import { httpErrors } from "../../src/http/http-error.ts";
import { readBoundary, readMultipart } from "../../src/http/multipart.ts";
import type { MultipartLimits } from "../../src/http/multipart-limits.ts";
import type { MultipartPart } from "../../src/http/multipart-part.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

/** A part of a form whose boundary is `x`. */
function part(disposition: string, content: string, ...headers: string[]): string {
  const lines = [`Content-Disposition: form-data; ${disposition}`, ...headers, "", content];
  return `--x\r\n${lines.join("\r\n")}\r\n`;
}

function parts(body: string | string[], limits?: MultipartLimits, state?: { cancelled: boolean }) {
  return readMultipart(streamOf([body].flat().map(bytesOf), state), "x", limits);
}

/** Name, file name, type and text of each part. */
async function readAll(iterable: AsyncIterable<MultipartPart>): Promise<(string | undefined)[][]> {
  const all: (string | undefined)[][] = [];
  for await (const one of iterable) all.push([one.name, one.filename, one.type, await one.text()]);
  return all;
}

const FORM = [
  part('name="title"', "día\r\n--\r\n-x"),
  part('name="file"; filename="a.txt"', "\r\n--y", "Content-Type: text/x"),
  part('name="empty"', ""),
  "--x--\r\n",
].join("");
const FORM_PARTS = [
  ["title", undefined, "text/plain", "día\r\n--\r\n-x"],
  ["file", "a.txt", "text/x", "\r\n--y"],
  ["empty", undefined, "text/plain", ""],
];

test("the parts come in their order, wherever the body was cut", async () => {
  const bytes = bytesOf(FORM);
  for (let at = 0; at <= bytes.length; at++) {
    const stream = streamOf([bytes.slice(0, at), bytes.slice(at)]);
    assert.deepEqual(await readAll(readMultipart(stream, "x")), FORM_PARTS, `cut at ${at}`);
  }
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  assert.deepEqual(await readAll(readMultipart(streamOf(single), "x")), FORM_PARTS);
});

test("a preamble, an epilogue, spaces behind a boundary and no last line end are passed over", async () => {
  const padded = FORM.replaceAll("--x\r\n", "--x \t\r\n");
  assert.deepEqual(await readAll(parts(`not a part\r\n--\r\n${padded}the end\r\n--x\r\n`)), FORM_PARTS);
  assert.deepEqual(await readAll(parts(FORM.slice(0, -2))), FORM_PARTS);
  assert.deepEqual(await readAll(parts("--x--")), []);
});

test("a part that is not read is passed over, and the stream is read to its end", async () => {
  const state = { cancelled: false };
  const names: string[] = [];
  for await (const { name } of parts([FORM, "epi", "logue"], {}, state)) names.push(name);
  assert.deepEqual([names, state.cancelled], [["title", "file", "empty"], false]);
});

test("reads that are not waited for are waited for by the next part", async () => {
  const texts: Promise<string>[] = [];
  for await (const one of parts([...FORM])) texts.push(one.text());
  assert.deepEqual(await Promise.all(texts), ["día\r\n--\r\n-x", "\r\n--y", ""]);
});

test("leaving the loop cancels the rest", async () => {
  const state = { cancelled: false };
  const stream = streamOf([part('name="a"', "1"), part('name="b"', "2")].map(bytesOf), state);
  let left: MultipartPart | undefined;
  for await (const one of readMultipart(stream, "x")) {
    left = one;
    break;
  }
  assert.deepEqual([state.cancelled, stream.locked], [true, false]);
  await assert.rejects(left?.text() as Promise<string>, /the loop over the parts was left/);
});

test("a file is read at the reader's pace", async () => {
  const state = { pulled: 0 };
  const chunks = [part('name="a"; filename="a"', "").slice(0, -2), ..."x".repeat(100), "\r\n--x--"];
  for await (const { stream } of readMultipart(streamOf(chunks.map(bytesOf), state), "x")) {
    const reader = stream.getReader();
    for (let count = 0; count < 10; count++) assert.equal((await reader.read()).value?.length, 1);
    assert.ok(state.pulled <= 12, `${state.pulled} chunks read`);
  }
});

const malformed: [body: string, problem: string | RegExp][] = [
  ["", "its last boundary is missing"],
  ["nothing like a form", "its last boundary is missing"],
  ["--x", "its last boundary is missing"],
  ["--x\r\nno form", "its last boundary is missing"],
  [part('name="a"', "cut o"), "its last boundary is missing"],
  [`${FORM.slice(0, -4)}`, "its last boundary is missing"],
  ["--xy\r\n", "a boundary is followed by something else than a line end"],
  [`--x${" ".repeat(300)}\r\n`, "a boundary is followed by something else than a line end"],
  ["--x\r\n\r\nno header\r\n--x--\r\n", "its last boundary is missing"],
  ["--x\r\nA: b\r\n\r\n\r\n--x--\r\n", 'a part has no "content-disposition"'],
  ["--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n", "a part has no name"],
];
for (const [body, problem] of malformed) {
  test(`${JSON.stringify(body.slice(0, 60))} is malformed`, async () => {
    const state = { cancelled: false };
    await assert.rejects(readAll(parts([...body], {}, state)), (error) => {
      assert.ok(error instanceof httpErrors.BadRequest);
      assert.equal(error.message, `The body is not a form: ${problem}`);
      return true;
    });
  });
}

const refused: [limits: MultipartLimits, problem: string][] = [
  [{ maxParts: 2 }, "The form has more than 2 parts"],
  [{ maxFiles: 0 }, "The form has more than 0 files"],
  [{ maxFieldBytes: 4 }, 'Cannot read the field "title": it is larger than 4 bytes'],
  [{ maxFileBytes: 4 }, 'Cannot read the file "file": it is larger than 4 bytes'],
  [{ maxHeaderBytes: 60 }, "The headers of a part of the form are larger than 60 bytes"],
];
for (const [limits, problem] of refused) {
  test(`a form past ${JSON.stringify(limits)} is too large, and the rest of it cancelled`, async () => {
    const state = { cancelled: false };
    await assert.rejects(readAll(parts([...FORM], limits, state)), (error) => {
      assert.ok(error instanceof httpErrors.ContentTooLarge);
      assert.equal(error.message, problem);
      return true;
    });
    assert.equal(state.cancelled, true);
  });
}

test("a form of just the limits is read", async () => {
  const limits = { maxParts: 3, maxFiles: 1, maxFieldBytes: 12, maxFileBytes: 5, maxHeaderBytes: 85 };
  assert.deepEqual(await readAll(parts(FORM, limits)), FORM_PARTS);
});

test("headers that never end are refused before the body is", async () => {
  const state = { cancelled: false, pulled: 0 };
  const chunks = ["--x\r\n", ..."a".repeat(20_000)].map(bytesOf);
  await assert.rejects(readAll(readMultipart(streamOf(chunks, state), "x")), { status: 413 });
  assert.ok(state.pulled < 8_200, `${state.pulled} chunks read`);
});

test("limits that are none are told at once", () => {
  assert.throws(() => parts(FORM, { maxParts: -1 }), RangeError);
});

test("the boundary is read from the content type", () => {
  assert.equal(readBoundary("multipart/form-data; boundary=abc"), "abc");
  assert.equal(readBoundary('Multipart/Form-Data ; charset=utf-8; boundary="a b:c"'), "a b:c");
});

for (const [type, status] of [
  ["multipart/form-data", 400],
  ["multipart/form-data; boundary=", 400],
  ['multipart/form-data; boundary="a ', 400],
  ['multipart/form-data; boundary="a "', 400],
  ["multipart/form-data; boundary=é", 400],
  [`multipart/form-data; boundary=${"x".repeat(71)}`, 400],
  ["multipart/form-data; boundary=a; boundary=b", 400],
  ["multipart/mixed; boundary=a", 415],
  ["multipart/form-data-ish; boundary=a", 415],
  ["application/json", 415],
  ["", 415],
] as const) {
  test(`the content type ${JSON.stringify(type)} is refused with ${status}`, () => {
    assert.throws(() => readBoundary(type), { status, message: /^The body is not a form: / });
  });
}
