import assert from "node:assert/strict";
import { test } from "node:test";
import { respond } from "../../src/app/respond.ts";
import { Response } from "../../src/app/response.ts";
import type { ResponseHead } from "../../src/app/server-request.ts";
import { WebServerRequest } from "../../src/app/web-server-request.ts";
import { BareRequest } from "../support/bare-request.ts";

/** A request whose server offers the fast way for bodies that are all there. */
class FastRequest extends BareRequest {
  readonly plain: [head: ResponseHead, body: string | Uint8Array | null][] = [];

  respondPlain(head: ResponseHead, body: string | Uint8Array | null): void {
    this.plain.push([head, body]);
  }
}

/** Gives the answer to a request of `method`, whose response `build` has made. */
async function answerTo(method: string, build: (response: Response) => void): Promise<globalThis.Response> {
  const response = new Response();
  build(response);
  const request = new WebServerRequest(new Request("http://host.test/", { method }));
  await respond(response, request);
  return request.response;
}

const bytes = new Uint8Array([0, 255, 13, 10]);

test("a body that is all there is announced with its length in bytes, where no server sees it", async () => {
  for (const [body, length] of [
    ["día", "4"],
    ["", "0"],
    [{ a: 1 }, "7"],
    [bytes, "4"],
    [0, "1"],
  ] as const) {
    const build = (response: Response) => {
      response.body = body;
    };
    assert.equal((await answerTo("HEAD", build)).headers.get("content-length"), length);
    assert.equal((await (await answerTo("GET", build)).arrayBuffer()).byteLength, Number(length));
  }
});

test("the answer to HEAD has the headers of the one to GET, and no body", async () => {
  for (const body of ["día", { a: 1 }, bytes, "<!DOCTYPE html>", undefined, () => "made"]) {
    const build = (response: Response) => {
      response.headers.set("x-own", "1");
      if (body !== undefined) response.body = body;
    };
    const [head, get] = [await answerTo("HEAD", build), await answerTo("GET", build)];
    assert.ok(head.headers.has("content-length"));
    head.headers.delete("content-length");
    get.headers.delete("content-length");
    assert.deepEqual([head.status, ...head.headers], [get.status, ...get.headers]);
    assert.equal(head.body, null);
  }
});

test("so it is when the type of the body is its own", async () => {
  for (const body of [new Blob(["x"], { type: "image/png" }), new URLSearchParams("a=1")]) {
    const build = (response: Response) => {
      response.body = body;
    };
    const [head, get] = [await answerTo("HEAD", build), await answerTo("GET", build)];
    assert.equal(head.headers.get("content-type"), get.headers.get("content-type"));
  }
});

test("a body that flows is cancelled when the request was HEAD", async () => {
  let cancelled = false;
  let pulled = 0;
  const stream = new ReadableStream(
    {
      pull: () => void pulled++,
      cancel() {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const answer = await answerTo("HEAD", (response) => {
    response.body = stream;
  });
  assert.deepEqual([answer.status, answer.body, cancelled, pulled], [200, null, true, 0]);
  assert.equal(answer.headers.get("content-length"), null);
});

for (const status of [204, 205, 304]) {
  test(`${status} is sent without body and without length, and the body is not even made`, async () => {
    let made = 0;
    for (const method of ["GET", "HEAD"]) {
      const answer = await answerTo(method, (response) => {
        response.status = status;
        response.headers.set("etag", '"1"');
        response.body = () => `made ${++made}`;
      });
      assert.deepEqual([answer.status, answer.body, made], [status, null, 0]);
      assert.deepEqual([...answer.headers], [["etag", '"1"']]);
    }
  });
}

test("a form is sent with the boundary between its parts", async () => {
  const form = new FormData();
  form.append("name", "Dodona");
  const answer = await answerTo("GET", (response) => {
    response.body = form;
  });
  assert.equal((await answer.formData()).get("name"), "Dodona");
});

test("so it is when a type was set", async () => {
  const form = new FormData();
  form.append("name", "Dodona");
  const answer = await answerTo("GET", (response) => {
    response.type = "multipart/form-data";
    response.body = form;
  });
  assert.equal((await answer.formData()).get("name"), "Dodona");
});

test("a length that was set stays", async () => {
  const answer = await answerTo("HEAD", (response) => {
    response.headers.set("content-length", "1000");
    response.body = "short";
  });
  assert.equal(answer.headers.get("content-length"), "1000");
});

test("several Set-Cookie headers survive each way", async () => {
  const expected = ["a=1, 2", "b=2"];
  const build = (body: unknown) => (response: Response) => {
    for (const cookie of expected) response.headers.append("set-cookie", cookie);
    response.body = body as object;
  };
  for (const body of ["text", new Blob(["blob"]), new Blob(["flows"]).stream()]) {
    assert.deepEqual((await answerTo("GET", build(body))).headers.getSetCookie(), expected);
  }
  const fast = new FastRequest();
  const response = new Response();
  build("text")(response);
  await respond(response, fast);
  const cookies = fast.plain[0]?.[0].headers.filter(([name]) => name === "set-cookie");
  assert.deepEqual(
    cookies?.map(([, value]) => value),
    expected,
  );
});

test("a server with a fast way gets head and body as they are", async () => {
  const request = new FastRequest();
  for (const body of ["día", bytes, undefined]) {
    const response = new Response();
    if (body !== undefined) response.body = body;
    await respond(response, request);
  }
  assert.deepEqual(request.answers, []);
  assert.deepEqual(request.plain, [
    [
      {
        status: 200,
        headers: [["content-type", "text/plain; charset=UTF-8"]],
      },
      "día",
    ],
    [{ status: 200, headers: [] }, bytes],
    [{ status: 404, headers: [] }, null],
  ]);
});

test("a server without one gets a response", async () => {
  for (const method of ["GET", "HEAD"]) {
    const request = new BareRequest("/", { method });
    const response = new Response();
    response.body = { a: 1 };
    await respond(response, request);
    const [answer] = request.answers;
    assert.equal(answer?.headers.get("content-type"), "application/json; charset=UTF-8");
    assert.equal(await answer?.text(), method === "GET" ? '{"a":1}' : "");
  }
});

test("a body that flows is sent with the text of its status", async () => {
  const answer = await answerTo("GET", (response) => {
    response.status = 418;
    response.body = new Blob(["x"]).stream();
  });
  assert.deepEqual([answer.status, answer.statusText], [418, "I'm a teapot"]);
  assert.equal(await answer.text(), "x");
});

test("a response that was given to with is sent by identity", async () => {
  const own = new globalThis.Response("own");
  assert.equal(await answerTo("GET", (response) => response.with(own)), own);
});

test("what was sent can't be changed any more", async () => {
  for (const body of ["text", new Blob(["blob"]), undefined]) {
    const response = new Response();
    if (body !== undefined) response.body = body;
    await respond(response, new BareRequest());
    assert.deepEqual([response.writable, response.sent], [false, true]);
  }
});

test("what can't be encoded was not sent: the response can still be changed", async () => {
  const request = new BareRequest();
  const response = new Response();
  response.body = { a: 1n };
  await assert.rejects(async () => respond(response, request), TypeError);
  assert.deepEqual([response.writable, response.sent, request.answers], [true, false, []]);
  response.body = "instead";
  await respond(response, request);
  assert.equal(await request.answers[0]?.text(), "instead");
});

test("so it is when the server refuses the answer", async () => {
  const request = new BareRequest();
  request.respond(new globalThis.Response());
  const response = new Response();
  response.body = "second";
  await assert.rejects(async () => respond(response, request), TypeError);
  assert.equal(response.sent, false);
});

test("the replacer sees what becomes JSON", async () => {
  const request = new BareRequest();
  const response = new Response(undefined, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
  response.body = { a: 1n };
  await respond(response, request);
  assert.deepEqual(await request.answers[0]?.json(), { a: "1n" });
});

/** A resource that counts how often it is closed. */
function resource() {
  return {
    closed: 0,
    close() {
      this.closed++;
    },
  };
}

function setBody(body: string | ReadableStream) {
  return (response: Response): void => {
    response.body = body;
  };
}

test("a resource is closed once, when what flows is over", async () => {
  const chunks = async function* () {
    yield "a";
    yield "b";
  };
  const file = resource();
  const answer = await answerTo("GET", (response) => {
    response.addResource(file);
    response.body = chunks();
  });
  const reader = answer.body?.getReader();
  await reader?.read();
  assert.equal(file.closed, 0, "the body still flows");
  await reader?.read();
  assert.equal((await reader?.read())?.done, true);
  assert.equal(file.closed, 1);
});

test("so it is when the reader leaves, when the source fails, and when a whole response was given", async () => {
  const failing = async function* () {
    yield "a";
    throw new Error("failed");
  };
  for (const build of [
    setBody(new ReadableStream({ pull: () => new Promise(() => undefined) })),
    (response: Response) => response.with(new globalThis.Response(new ReadableStream(), { status: 201 })),
  ]) {
    const file = resource();
    const answer = await answerTo("GET", (response) => {
      response.addResource(file);
      build(response);
    });
    assert.equal(file.closed, 0);
    await answer.body?.cancel();
    assert.equal(file.closed, 1);
  }
  const file = resource();
  const answer = await answerTo("GET", (response) => {
    response.addResource(file);
    response.body = failing();
  });
  await assert.rejects(answer.text(), { message: "failed" });
  assert.equal(file.closed, 1);
});

test("a resource of a body that is all there, or that nobody reads, is closed at once", async () => {
  for (const [method, build] of [
    ["GET", setBody("text")],
    ["GET", () => undefined],
    ["HEAD", setBody(new Blob(["x"]).stream())],
    ["HEAD", (response: Response) => response.with(new globalThis.Response("x"))],
    ["GET", (response: Response) => response.with(new globalThis.Response(null))],
  ] as const) {
    const file = resource();
    await answerTo(method, (response) => {
      response.addResource(file);
      build(response);
    });
    assert.equal(file.closed, 1);
  }
});

test("the response that a handler made of it itself is the one that is sent", async () => {
  const response = new Response();
  response.body = "own";
  const own = await response.toDomResponse();
  const request = new WebServerRequest(new Request("http://host.test/"));
  await respond(response, request);
  assert.equal(await request.response, own);
  assert.equal(await own.text(), "own");
});

test("the answer to HEAD has no body, also of a response that was given", async () => {
  let cancelled = false;
  const answer = await answerTo("HEAD", (response) => {
    const body = new ReadableStream({
      cancel() {
        cancelled = true;
      },
    });
    response.with(new globalThis.Response(body, { headers: { "x-own": "1" } }));
  });
  assert.deepEqual([answer.body, answer.headers.get("x-own"), cancelled], [null, "1", true]);
});
