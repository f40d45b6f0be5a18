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

test("the stream is the same each time, and refuses the other reads", async () => {
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

test("an empty body is null as JSON", async () => {
  assert.equal(await bodyOf("").json(), null);
  assert.equal(await bodyOf(null).json(), null);
  assert.equal(await bodyOf("\ufeff").json(), null);
});

for (const text of [" ", "{", "{'a':1}", "[1,]", "undefined", "\u0000"]) {
  test(`the JSON ${JSON.stringify(text)} is a bad request`, async () => {
    await assert.rejects(bodyOf(text).json(), (error) => {
      assert.ok(error instanceof httpErrors.BadRequest);
      assert.match(error.message, /^The body is not JSON: /);
      assert.ok(error.cause instanceof SyntaxError);
      return true;
    });
  });
}

test("the reviver sees the values of the JSON, the read's own before the application's", async () => {
  const add = (by: number) => (_: string, value: unknown) => (typeof value === "number" ? value + by : value);
  const body = bodyOf("[1,2]", undefined, { reviver: add(1) });
  assert.deepEqual(await body.json(), [2, 3]);
  assert.deepEqual(await body.json({ reviver: add(10) }), [11, 12]);
  const request = new WebServerRequest(new Request("http://host.test/", { method: "POST", body: "[1]" }));
  assert.deepEqual(await new Body(request, add(5)).json(), [6]);
});

test("what a reviver throws is no fault of the client", async () => {
  const fault = new RangeError("not today");
  const reviver = () => {
    throw fault;
  };
  await assert.rejects(bodyOf("1").json({ reviver }), (error) => error === fault);
});

test("JSON can't reach the prototype of an object", async () => {
  const value = await bodyOf('{"__proto__":{"admin":true},"constructor":1}').json();
  assert.deepEqual(Object.keys(value), ["__proto__", "constructor"]);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(value.admin, undefined);
});

test("text is in the charset of the content type", async () => {
  const bytes = Uint8Array.of(0x22, 0xe9, 0x22);
  const body = bodyOf(bytes, { "content-type": "text/plain; charset=iso-8859-1" });
  assert.deepEqual([await body.text(), await body.json()], ['"é"', "é"]);
  await assert.rejects(bodyOf(bytes, { "content-type": "text/plain; charset=klingon" }).text(), {
    status: 415,
  });
});

test("JSON is in UTF-8, whatever charset is named", async () => {
  const bytes = new TextEncoder().encode('"é"');
  for (const type of ["application/json; charset=iso-8859-1", "text/plain; charset=iso-8859-1"]) {
    assert.equal(await bodyOf(bytes, { "content-type": type }).json(), "é");
  }
  for (const type of ["application/json; charset=utf-8", "application/json; charset=utf-16", "text/plain"]) {
    const body = bodyOf(bytes, { "content-type": type });
    assert.deepEqual([await body.json(), await body.text(), await body.json()], ["é", '"é"', "é"], type);
  }
});

test("text in another charset can't be had once it was read as JSON", async () => {
  for (const charset of ["iso-8859-1", "klingon"]) {
    const body = bodyOf('"e"', { "content-type": `text/plain; charset=${charset}` });
    assert.equal(await body.json(), "e");
    await assert.rejects(body.text(), TypeError);
    assert.equal(await body.json(), "e");
  }
});

test("a malformed form is a bad request that names the place", async () => {
  await assert.rejects(bodyOf("a=%zz").form(), { status: 400, message: /"%zz" is no percent-encoding/ });
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
    ["--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--", multipart],
    ["", multipart],
    ["no boundary", { "content-type": "multipart/form-data" }],
    ["a=%zz", { "content-type": "application/x-www-form-urlencoded" }],
  ];
  for (const [content, headers] of cases) {
    await assert.rejects(bodyOf(content, headers).formData(), (error) => {
      assert.ok(error instanceof httpErrors.BadRequest, content);
      assert.match(error.message, /^The body is not a form: /);
      return true;
    });
  }
});

test("form data of another type is unsupported, of none a bad request", async () => {
  await assert.rejects(bodyOf("a=1", { "content-type": "application/json" }).formData(), {
    status: 415,
    message: 'The body is not a form: its content type is "application/json"',
  });
  await assert.rejects(bodyOf(new Uint8Array(3)).formData(), {
    status: 400,
    message: "Missing content type.",
  });
});

test("a second read at once of a body from a socket's stream gives both", async () => {
  const source = { headers: new Headers(), getBody: () => new Blob(["once"]).stream() };
  const body = new Body(source);
  assert.deepEqual(await Promise.all([body.text(), body.text(), body.json().catch(() => "no JSON")]), [
    "once",
    "once",
    "no JSON",
  ]);
});

test("type tells what the content type announces, and what was custom is not kept", () => {
  const body = bodyOf("x", { "content-type": "application/xml" });
  assert.equal(body.type(), "unknown");
  assert.equal(body.type({ text: ["application/xml"] }), "text");
  assert.equal(body.type(), "unknown");
  assert.equal(bodyOf("x", { "content-type": "image/png" }).type(), "binary");
  assert.equal(bodyOf(null).type(), "unknown");
});

test("init gives what can be sent on: nothing, what was read, or the stream", async () => {
  assert.equal(await bodyOf(null).init(), null);
  const text = bodyOf("7");
  await text.json();
  assert.equal(await text.init(), "7");
  const bytes = bodyOf("7");
  const buffer = await bytes.arrayBuffer();
  assert.equal(await bytes.init(), buffer);
  const unread = bodyOf("flows");
  const stream = await unread.init();
  assert.equal(stream, unread.stream);
  assert.equal(await new Response(stream).text(), "flows");
});

test("a body with a content encoding is refused, and its stream left as it is", async () => {
  const headers = { "content-encoding": "gzip" };
  for (const kind of ["arrayBuffer", "blob", "json", "text"] as const) {
    await assert.rejects(
      bodyOf("x", headers)[kind](),
      { status: 415, message: /content encoding is "gzip"/ },
      kind,
    );
  }
  assert.equal(await new Response(bodyOf("x", headers).stream).text(), "x");
  assert.equal(await bodyOf("x", { "content-encoding": "identity" }).text(), "x");
});

test("a body with a content encoding is decoded where the application says so", async () => {
  const coded = () => new Blob(['{"a":1}']).stream().pipeThrough(new CompressionStream("gzip"));
  const headers = { "content-encoding": "gzip" };
  assert.deepEqual(await bodyOf(coded(), headers, { decompress: true }).json(), { a: 1 });
  const refused = bodyOf(coded(), headers, { decompress: true }).json({ limitBytes: 5 });
  await assert.rejects(refused, { status: 413 });
  await assert.rejects(bodyOf("x", { "content-encoding": "br" }, { decompress: true }).text(), {
    status: 415,
  });
});

test("a body that fails is a bad request: the client is gone", async () => {
  const stream = new ReadableStream({
    pull(controller) {
      controller.error(new TypeError("reset"));
    },
  });
  await assert.rejects(bodyOf(stream).text(), {
    status: 400,
    message: "The client left before the end of the body",
  });
});

test("a body that was read past it counts as used", async () => {
  const request = new Request("http://host.test/", { method: "POST", body: "x" });
  const body = new Body(new WebServerRequest(request));
  assert.equal(body.used, false);
  await request.text();
  assert.equal(body.used, true);
});

test("it shows whether there is one, and whether it was read", async () => {
  const { inspect } = await import("node:util");
  const shown = inspect(bodyOf("a"));
  assert.match(shown, /Body.*\{ has: true, used: false \}/);
});
