import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import type { Context } from "../../src/app/context.ts";
import { ask, errorsOf } from "../support/asking.ts";

/** Asks an application of one handler by either way; gives the answers and the messages of its error events. */
async function answersOf(handler: (ctx: Context) => unknown) {
  const app = new Application({ logErrors: false });
  const errors = errorsOf(app);
  app.use(handler);
  const request = () => new Request("http://host.test/");
  const responses = [await ask(app), await app.fetch(request())];
  const answers = await Promise.all(responses.map(async ({ status, body }) => [status, await read(body)]));
  return { answers, messages: errors.map(({ message }) => message) };
}

function read(body: ReadableStream | null): Promise<string> | null {
  return body === null ? null : new Response(body).text();
}

for (const status of [204, 205, 304]) {
  test(`a body is not sent with ${status}`, async () => {
    const { answers, messages } = await answersOf((ctx) => {
      ctx.response.status = status;
      ctx.response.body = { not: "sent" };
    });
    const expected = [status, null];
    assert.deepEqual([answers, messages], [[expected, expected], []]);
  });
}

for (const status of [1000, 600, 199, 101, 0, -200, 200.5, Number.NaN, "200" as unknown as number]) {
  test(`the status ${status} is refused where it is set, and answered with 500`, async () => {
    const { answers, messages } = await answersOf((ctx) => {
      ctx.response.body = "hello";
      ctx.response.status = status;
    });
    const expected = [500, "Internal Server Error"];
    assert.deepEqual(answers, [expected, expected]);
    const message = `Cannot set the status of a response to ${status}: not an integer from 200 to 599`;
    assert.deepEqual(messages, [message, message]);
  });
}

const cycle: Record<string, unknown> = {};
cycle.self = cycle;

for (const [name, body] of [
  ["a bigint in it", { a: 1n }],
  ["a cycle", cycle],
  ["a toJSON that throws", { toJSON: () => JSON.parse("{") }],
  ["a function that throws", () => JSON.parse("{")],
  ["a function that rejects", () => Promise.reject(new Error("later"))],
] as const) {
  test(`a body with ${name} is answered with 500, and told`, async () => {
    const { answers, messages } = await answersOf((ctx) => {
      ctx.response.headers.set("x-before", "1");
      ctx.response.body = body;
    });
    const expected = [500, "Internal Server Error"];
    assert.deepEqual(answers, [expected, expected]);
    assert.equal(messages.length, 2);
  });
}

test("a stream that is read by another already is answered with 500", async () => {
  const stream = new Blob(["x"]).stream();
  stream.getReader();
  const { answers } = await answersOf((ctx) => {
    ctx.response.body = stream;
  });
  assert.deepEqual(answers[0], [500, "Internal Server Error"]);
});

test("a body that becomes no JSON at all is answered with 500", async () => {
  const { answers } = await answersOf((ctx) => {
    ctx.response.body = { toJSON: () => undefined };
  });
  assert.deepEqual(answers[0], [500, "Internal Server Error"]);
});

test("an error after with was called is answered with 500", async () => {
  const { answers, messages } = await answersOf((ctx) => {
    ctx.response.with(new Response("own"));
    throw new Error("afterwards");
  });
  assert.deepEqual(answers[0], [500, "Internal Server Error"]);
  assert.deepEqual(messages, ["afterwards", "afterwards"]);
});

test("after an error the response can't be changed by a middleware that goes on", async () => {
  const app = new Application({ logErrors: false });
  let late: (() => void) | undefined;
  app.use((ctx) => {
    late = () => {
      ctx.response.body = "late";
    };
    ctx.throw(400, "early");
  });
  assert.equal(await (await ask(app)).text(), "early");
  assert.throws(() => late?.(), { message: "The response is not writable." });
});
