import assert from "node:assert/strict";
import { test } from "node:test";
import { RawClient } from "../support/raw-client.ts";
import { quietApp, type Serving, serve } from "../support/serving.ts";

/** Answers with the URL that a handler sees. */
async function telling(): Promise<Serving & { errors: unknown[] }> {
  const app = quietApp();
  const errors: unknown[] = [];
  app.addEventListener("error", ({ error }) => errors.push(error));
  app.use((ctx) => {
    ctx.response.body = `<${ctx.request.url}>`;
  });
  return { ...(await serve(app)), errors };
}

/** Asks for `target`, and gives the whole answer. */
async function ask(port: number, target: string, ...headers: string[]): Promise<string> {
  const method = target === "*" ? "OPTIONS" : "GET";
  const client = await RawClient.open(port);
  client.send(`${method} ${target} HTTP/1.1\r\n${["Connection: close", ...headers].join("\r\n")}\r\n\r\n`);
  await client.closed;
  return client.text;
}

test("the URL of a request is what was asked for, on the host that was asked", async () => {
  const { port, stop } = await telling();
  for (const [target, url] of [
    ["/%E0%A4%A", "http://h.test/%E0%A4%A"],
    ["/a%zz?b=%", "http://h.test/a%zz?b=%"],
    ["//evil.test/path", "http://h.test//evil.test/path"],
    ["http://h.test/absolute?q", "http://h.test/absolute?q"],
    ["/a/../../b", "http://h.test/b"],
  ] as const) {
    const reply = await ask(port, target, "Host: h.test");
    assert.ok(reply.includes(`<${url}>`), `${target}: ${reply}`);
  }
  await stop();
});

test("a request whose URL can't be told is answered with an error, and the next one is served", async () => {
  const { port, stop } = await telling();
  for (const [target, host] of [
    ["*", "h.test"],
    ["/", "[::bad"],
    ["/", "a b"],
    ["/", "h.test:99999999"],
    ["/", ""],
    ["/", "user@h.test/x"],
    [":80", "h.test"],
    ["http://[bad/", "h.test"],
  ] as const) {
    const reply = await ask(port, target, `Host: ${host}`);
    assert.ok(reply === "" || /^HTTP\/1\.1 (?:200|4\d\d) /.test(reply), `${target} at "${host}": ${reply}`);
    assert.match(await ask(port, "/good", "Host: h.test"), /<http:\/\/h\.test\/good>/);
  }
  await stop();
});
