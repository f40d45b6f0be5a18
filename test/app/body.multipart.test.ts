import assert from "node:assert/strict";
import { test } from "node:test";
import { Body, type BodyOptions } from "../../src/app/body.ts";
import { bytesOf, streamOf } from "../support/byte-stream.ts";

const FORM = [
  '--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nDodona\r\n',
  '--x\r\nContent-Disposition: form-data; name="leaf"; filename="leaf.txt"\r\n\r\n',
  "rustle",
  "\r\n--x--\r\n",
];

function bodyOf(
  chunks: string[],
  options?: BodyOptions,
  type = "multipart/form-data; boundary=x",
  state = {},
) {
  const stream = streamOf(chunks.map(bytesOf), state);
  return new Body({ headers: new Headers({ "content-type": type }), getBody: () => stream }, options);
}

test("the parts come as they are sent, a file as a stream", async () => {
  const seen: string[] = [];
  for await (const part of bodyOf(FORM).multipart()) {
    const content = part.filename === undefined ? await part.text() : await new Response(part.stream).text();
    seen.push(`${part.name} ${part.filename} ${content}`);
  }
  assert.deepEqual(seen, ["title undefined Dodona", "leaf leaf.txt rustle"]);
});

test("the loop is the one read of the body", async () => {
  const body = bodyOf(FORM);
  const parts = body.multipart();
  assert.equal(body.used, true);
  assert.throws(() => body.multipart(), TypeError);
  assert.throws(() => body.stream, TypeError);
  await assert.rejects(body.formData(), TypeError);
  await assert.rejects(body.init(), TypeError);
  let count = 0;
  for await (const _ of parts) count++;
  assert.equal(count, 2);
});

test("leaving the loop cancels the body", async () => {
  const state = { cancelled: false };
  for await (const part of bodyOf(FORM, {}, undefined, state).multipart()) {
    assert.equal(part.name, "title");
    break;
  }
  assert.equal(state.cancelled, true);
});

test("what is wrong with the body is told by the loop", async () => {
  const cases: [body: Body, status: number, message: string | RegExp][] = [
    [bodyOf(FORM, {}, "text/plain"), 415, 'The body is not a form: its content type is "text/plain"'],
    [bodyOf(FORM, {}, "multipart/form-data"), 400, /has no boundary$/],
    [bodyOf([]), 400, "The body is not a form: its last boundary is missing"],
    [bodyOf(FORM.slice(0, 2)), 400, "The body is not a form: its last boundary is missing"],
    [bodyOf(FORM, { limitBytes: 100 }), 413, "The body is larger than 100 bytes"],
    [new Body({ headers: new Headers(), getBody: () => null }), 400, "Missing content type."],
  ];
  for (const [body, status, message] of cases) {
    const loop = async () => {
      for await (const part of body.multipart()) await part.bytes();
    };
    await assert.rejects(loop(), { status, message });
  }
});

test("its limits hold, also for form data", async () => {
  for (const limits of [{ maxParts: 1 }, { maxFiles: 0 }, { maxFieldBytes: 5 }, { maxFileBytes: 5 }]) {
    const loop = async () => {
      for await (const part of bodyOf(FORM).multipart(limits)) await part.bytes();
    };
    await assert.rejects(loop(), { status: 413 });
    await assert.rejects(bodyOf(FORM).formData(limits), { status: 413 });
  }
  assert.throws(() => bodyOf(FORM).multipart({ maxParts: -1 }), RangeError);
  assert.throws(() => bodyOf(FORM).formData({ maxParts: -1 }), RangeError);
});

test("a form above the application's limit is read by a read that says so", async () => {
  const file = "x".repeat(1000);
  const chunks = [FORM[0], FORM[1], file, FORM[3]] as string[];
  await assert.rejects(bodyOf(chunks, { limitBytes: 500 }).formData(), { status: 413 });
  const form = await bodyOf(chunks, { limitBytes: 500 }).formData({ limitBytes: 2000 });
  assert.equal((form.get("leaf") as File).size, 1000);
});
