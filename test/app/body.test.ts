import assert from "node:assert/strict";
import { test } from "node:test";
import { Body, type BodyOptions } from "../../src/app/body.ts";
import { WebServerRequest } from "../../src/app/web-server-request.ts";
import { httpErrors } from "../../src/http/http-error.ts";

/** The body of a POST request. */
function bodyOf(content: BodyInit | null, headers?: HeadersInit, options?: BodyOptions): Body {
  const init: RequestInit & { duplex: "half" } = { method: "POST", body: content, duplex: "half" };
  const request = new Request("http://host.test/", headers === undefined ? init : { ...init, headers });
  return new Body(new WebServerRequest(request), options);
}

const used = { name: "TypeError", message: "Body already used as a different type." };

test("each kind of read gives the body", async () => {
  assert.equal(await bodyOf("día").text(), "día");
  assert.deepEqual(new Uint8Array(await bodyOf("abc").arrayBuffer()), new Uint8Array([97, 98, 99]));
  assert.deepEqual(await bodyOf('{"a":[1]}').json(), { a: [1] });
  const blob = await bodyOf("abc", { "content-type": "image/png" }).blob();
  assert.deepEqual([await blob.text(), blob.type], ["abc", "image/png"]);
  const form = await bodyOf("a=1+2&b=%C3%A9&a=3").form();
  assert.deepEqual(
    [...form],
    [
      ["a", "1 2"],
      ["b", "é"],
      ["a", "3"],
    ],
  );
});

test("a body in many chunks is put together, wherever it was cut", async () => {
  const bytes = new TextEncoder().encode("Δωδώνη");
  const stream = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  assert.equal(await bodyOf(stream).text(), "Δωδώνη");
});

test("a second read of the same kind gives the same value, also at once", async () => {
  const body = bodyOf("once");
  assert.deepEqual(await Promise.all([body.text(), body.text()]), ["once", "once"]);
  assert.equal(await body.text(), "once");
  const bytes = bodyOf("once");
  assert.equal(await bytes.arrayBuffer(), await bytes.arrayBuffer());
  const data = new FormData();
  data.append("a", "1");
  const form = bodyOf(data);
  assert.equal(await form.formData(), await form.formData());
});

test("json and form are read of the text, and may follow it and each other", async () => {
  const body = bodyOf("7");
  assert.equal(await body.text(), "7");
  assert.equal(await body.json(), 7);
  assert.equal(await body.json(), 7);
  assert.deepEqual([...(await body.form())], [["7", ""]]);
  assert.equal(await body.text(), "7");
});

test("a second read of another kind is refused", async () => {
  const text = bodyOf("7");
  await text.text();
  for (const kind of ["arrayBuffer", "blob", "formData"] as const) await assert.rejects(text[kind](), used);
  assert.throws(() => text.stream, used);
  for (const kind of ["text", "json", "form", "blob"] as const) {
    const body = bodyOf("7");
    await body.arrayBuffer();
    await assert.rejects(body[kind](), used);
  }
});

test("the stream is the body itself, and refuses the other reads", async () => {
  const body = bodyOf("flows");
  const { stream } = body;
  assert.equal(body.stream, stream);
  await assert.rejects(body.text(), used);
  assert.equal(await new Response(stream).text(), "flows");
});

test("used tells whether it was read or its stream taken", async () => {
  const text = bodyOf("a");
  assert.equal(text.used, false);
  assert.equal(text.has, true);
  assert.equal(text.used, false, "asking whether there is one is no read");
  const read = text.text();
  assert.equal(text.used, true);
  await read;
  const stream = bodyOf("a");
  assert.ok(stream.stream);
  assert.equal(stream.used, true);
});

test("has tells whether the request came with a body", () => {
  assert.equal(bodyOf("a").has, true);
  assert.equal(bodyOf(null).has, false);
  assert.equal(bodyOf(null, { "content-length": "0" }).has, false);
  assert.equal(bodyOf("a", { "content-length": "1" }).has, true);
  assert.equal(bodyOf("a", { "transfer-encoding": "chunked" }).has, true);
});

test("a request without a body is read as an empty one", async () => {
  const body = bodyOf(null);
  assert.equal(body.stream, null);
  assert.equal(body.used, false);
  assert.equal(await body.text(), "");
  assert.equal((await bodyOf(null).arrayBuffer()).byteLength, 0);
  assert.deepEqual([...(await bodyOf(null).form())], []);
});

for (const text of ["", "{", "{'a':1}", "[1,]", "undefined", "\u0000"]) {
  test(`the JSON ${JSON.stringify(text)} is a bad request`, async () => {
    await assert.rejects(bodyOf(text).json(), (error) => {
      assert.ok(error instanceof httpErrors.BadRequest);
      assert.match(error.message, /^The body is not JSON: /);
      assert.ok(error.cause instanceof SyntaxError);
      return true;
    });
  });
}

test("the reviver sees the values of the JSON", async () => {
  const reviver = (_: string, value: unknown) => (typeof value === "number" ? value + 1 : value);
  const body = bodyOf("[1,2]", undefined, { reviver });
  assert.deepEqual(await body.json(), [2, 3]);
});

test("a form with files is read as form data", async () => {
  const sent = new FormData();
  sent.append("name", "Dodona");
  sent.append("leaf", new Blob(["rustle"], { type: "text/plain" }), "leaf.txt");
  const form = await bodyOf(sent).formData();
  assert.equal(form.get("name"), "Dodona");
  const leaf = form.get("leaf") as File;
  assert.deepEqual([leaf.name, await leaf.text()], ["leaf.txt", "rustle"]);
  const encoded = await bodyOf(new URLSearchParams({ a: "1" })).formData();
  assert.equal(encoded.get("a"), "1");
});

test("form data that is none is a bad request", async () => {
  const multipart = { "content-type": "multipart/form-data; boundary=x" };
  const cases: [content: string, headers?: HeadersInit][] = [
    ["nothing like a form", multipart],
    ["--x\r\nno form", multipart],
    ['--x\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut o', multipart],
    ["a=1", { "content-type": "application/json" }],
    ["no boundary", { "content-type": "multipart/form-data" }],
  ];
  for (const [content, headers] of cases) {
    await assert.rejects(bodyOf(content, headers).formData(), (error) => {
      assert.ok(error instanceof httpErrors.BadRequest, content);
      assert.match(error.message, /^The body is not a form: /);
      return true;
    });
  }
});
