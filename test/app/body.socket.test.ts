import assert from "node:assert/strict";
import { test } from "node:test";
import type { Body } from "../../src/app/body.ts";
import { DEFAULT_BODY_LIMIT_BYTES } from "../../src/app/body.ts";
import { RawClient } from "../support/raw-client.ts";
import { eventually, quietApp, serve } from "../support/serving.ts";

/** Serves an application that answers with what `read` gives; counts the requests, and keeps the errors. */
async function reading(read: (body: Body) => unknown) {
  const app = quietApp();
  const errors: (Error & { status?: number })[] = [];
  const state = { begun: 0 };
  app.addEventListener("error", ({ error }) => errors.push(error));
  app.use(async (ctx) => {
    if (ctx.request.method === "GET") {
      ctx.response.body = "next";
      return;
    }
    state.begun++;
    ctx.response.body = String(await read(ctx.request.body));
  });
  return { ...(await serve(app)), errors, state };
}

const HEAD = "POST / HTTP/1.1\r\nHost: test\r\n";
const FORM_TYPE = "Content-Type: multipart/form-data; boundary=x\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

async function readParts(body: Body): Promise<string> {
  const seen: string[] = [];
  for await (const { name, stream } of body.multipart()) {
    let length = 0;
    for await (const chunk of stream) length += chunk.length;
    seen.push(`${name}:${length}`);
  }
  return seen.join();
}

const readers: [name: string, read: (body: Body) => Promise<unknown>][] = [
  ["text", (body) => body.text()],
  ["arrayBuffer", (body) => body.arrayBuffer()],
  ["stream", (body) => new Response(body.stream).text()],
  ["formData", (body) => body.formData()],
  ["multipart", readParts],
];

for (const [name, read] of readers) {
  test(`a client that leaves in the middle fails ${name} with 400`, async () => {
    let failure: unknown;
    const { port, stop, state } = await reading(async (body) => {
      await read(body).catch((error) => {
        failure = error;
      });
    });
    for (const framing of ["Content-Length: 1000\r\n\r\n", `${CHUNKED}8\r\n`]) {
      failure = undefined;
      const before = state.begun;
      const client = await RawClient.open(port);
      client.send(`${HEAD}${FORM_TYPE}${framing}--x\r\nfor`);
      await eventually(() => state.begun > before);
      client.destroy();
      await eventually(() => failure !== undefined);
      assert.equal((failure as { status?: number }).status, 400, String(failure));
    }
    await stop();
  });

  test(`a body that is too large for ${name} is answered with 413, and the connection is not hung`, async () => {
    const { port, stop, errors } = await reading((body) => {
      body.limitBytes = 100_000;
      return read(body);
    });
    for (const framing of ["Content-Length: 300000\r\n\r\n", CHUNKED]) {
      const client = await RawClient.open(port);
      client.send(`${HEAD}${FORM_TYPE}${framing}`);
      const block = `--x\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\n${"x".repeat(300_000)}`;
      client.send(
        framing === CHUNKED ? `493e0\r\n${block.slice(0, 300_000)}\r\n0\r\n\r\n` : block.slice(0, 300_000),
      );
      await client.until("HTTP/1.1 413");
      await client.until("The body is larger than 100000 bytes");
      client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
      // Either is in order: the rest was thrown away, or the connection closed.
      await Promise.race([client.until(/next$/).catch(() => undefined), client.closed]);
      client.destroy();
    }
    assert.deepEqual([...new Set(errors.map(({ status }) => status))], [413]);
    await stop();
  });
}

test("a body that nobody reads holds up neither the answer nor the connection", async () => {
  const { port, stop } = await reading(() => "unread");
  const client = await RawClient.open(port);
  client.send(`${HEAD}Content-Length: 50000000\r\n\r\n`);
  const block = "x".repeat(1_000_000);
  for (let sent = 0; sent < 50 && !client.socket.destroyed; sent++) client.send(block);
  await client.until("unread");
  client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
  await Promise.race([client.until(/next$/).catch(() => undefined), client.closed]);
  client.destroy();
  await stop();
});

test("multipart read as form data answers, and the server lives on", async () => {
  const { port, stop, errors } = await reading(async (body) => {
    const form = await body.formData();
    return `${form.get("a")} ${await (form.get("f") as File).text()}`;
  });
  for (let round = 0; round < 3; round++) {
    const form = new FormData();
    form.append("a", "día");
    form.append("f", new File(["x".repeat(200_000)], "f.txt"));
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: form });
    assert.equal(await response.text(), `día ${"x".repeat(200_000)}`);
    const bad = await fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      body: "--x\r\ncut off",
      headers: { "content-type": "multipart/form-data; boundary=x" },
    });
    assert.deepEqual(
      [bad.status, await bad.text()],
      [400, "The body is not a form: its last boundary is missing"],
    );
  }
  assert.equal(errors.length, 3);
  await stop();
});

test("a file of a form flows to the handler while the client still sends it", async () => {
  let seen = 0;
  const { port, stop } = await reading(async (body) => {
    for await (const { stream } of body.multipart({ limitBytes: Number.POSITIVE_INFINITY })) {
      for await (const chunk of stream) seen += chunk.length;
    }
    return `seen ${seen}`;
  });
  const client = await RawClient.open(port);
  client.send(`${HEAD}${FORM_TYPE}${CHUNKED}`);
  const send = (text: string) => client.send(`${text.length.toString(16)}\r\n${text}\r\n`);
  send('--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n');
  for (let sent = 1; sent <= 12; sent++) {
    send("x".repeat(1_000_000));
    await eventually(() => seen === sent * 1_000_000);
  }
  assert.ok(seen > DEFAULT_BODY_LIMIT_BYTES);
  send("\r\n--x--\r\n");
  client.send("0\r\n\r\n");
  await client.until("seen 12000000");
  client.destroy();
  await stop();
});

test("two reads at once of a body from a socket give both the whole", async () => {
  const { port, stop } = await reading(async (body) => {
    const [one, two] = await Promise.all([body.text(), body.text()]);
    return `${one}+${two}+${await body.json()}`;
  });
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "42" });
  assert.equal(await response.text(), "42+42+42");
  await stop();
});

test("a client that waits to be told to go on gets the answer that its body is too large", async () => {
  const { port, stop } = await reading((body) => body.text({ limitBytes: 10 }));
  const client = await RawClient.open(port);
  client.send(`${HEAD}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`);
  await client.until("100 Continue");
  client.send("ok");
  await client.until(/ok$/);
  const refused = await RawClient.open(port);
  refused.send(`${HEAD}Expect: 100-continue\r\nContent-Length: 11\r\n\r\n`);
  await refused.until("HTTP/1.1 413");
  client.destroy();
  refused.destroy();
  await stop();
});
