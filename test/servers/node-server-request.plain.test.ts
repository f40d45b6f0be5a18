import assert from "node:assert/strict";
import { connect } from "node:http2";
import { test } from "node:test";
import type { ResponseHead } from "../../src/app/server-request.ts";
import { eventually } from "../support/eventually.ts";
import { skipUnlessNode as skip } from "../support/node-answering.ts";
import { RawClient } from "../support/raw-client.ts";
import { listenWith } from "../support/runtime-server.ts";

type Body = string | Uint8Array<ArrayBuffer> | null;

/** What is answered, and what of it a client of HTTP/1 sees. */
const CASES: {
  what: string;
  method?: string;
  head: ResponseHead;
  body: Body;
  length?: string;
  sent: string;
}[] = [
  { what: "text, in bytes", head: { status: 200, headers: [] }, body: "üx", length: "3", sent: "\xc3\xbcx" },
  {
    what: "bytes",
    head: { status: 404, headers: [] },
    body: new Uint8Array([65, 66]),
    length: "2",
    sent: "AB",
  },
  { what: "empty text", head: { status: 200, headers: [] }, body: "", length: "0", sent: "" },
  { what: "no body", head: { status: 200, headers: [] }, body: null, length: "0", sent: "" },
  { what: "HEAD", method: "HEAD", head: { status: 200, headers: [] }, body: "hello", length: "5", sent: "" },
  {
    what: "a length that is announced already",
    method: "HEAD",
    head: { status: 200, headers: [["content-length", "77"]] },
    body: null,
    length: "77",
    sent: "",
  },
  { what: "204", head: { status: 204, headers: [] }, body: null, sent: "" },
  { what: "304", head: { status: 304, headers: [["etag", '"a"']] }, body: null, sent: "" },
  { what: "205", head: { status: 205, headers: [] }, body: null, length: "0", sent: "" },
];

test("the length of a plain answer is announced where it has one", { skip }, async () => {
  for (const { what, method = "GET", head, body, length, sent } of CASES) {
    const { server, port } = await listenWith((request) => request.respondPlain?.(head, body));
    const client = await RawClient.open(port);
    client.send(`${method} / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n`);
    await client.closed;
    assert.equal(client.head.match(/^content-length: (.*)$/im)?.[1]?.trim(), length, what);
    assert.doesNotMatch(client.head, /transfer-encoding/i, what);
    assert.equal(client.text.slice(client.head.length + 4), sent, what);
    await server.close();
  }
});

test("over HTTP/2 it is the same", { skip }, async () => {
  for (const { what, method = "GET", head, body, length, sent } of CASES) {
    const headers: [string, string][] = [...head.headers, ["set-cookie", "a=1"], ["set-cookie", "b=2"]];
    const { server, port } = await listenWith(
      (request) => request.respondPlain?.({ status: head.status, headers }, body),
      { http2: true },
    );
    const session = connect(`http://127.0.0.1:${port}`);
    const stream = session.request({ ":path": "/", ":method": method });
    let text = "";
    let seen: Record<string, unknown> = {};
    stream.on("response", (own) => {
      seen = own;
    });
    stream.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
    });
    await eventually(() => stream.closed);
    assert.equal(stream.rstCode, 0, what);
    assert.equal(seen[":status"], head.status, what);
    assert.equal(seen["content-length"], length, what);
    assert.deepEqual(seen["set-cookie"], ["a=1", "b=2"], what);
    assert.equal(text, sent, what);
    session.close();
    await server.close();
  }
});

test("several headers of one name all arrive", { skip }, async () => {
  const headers: [string, string][] = [
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
    ["vary", "accept"],
  ];
  const { server, port } = await listenWith((request) =>
    request.respondPlain?.({ status: 200, headers }, "x"),
  );
  const client = await RawClient.get(port, "/", ["Connection: close"]);
  await client.closed;
  assert.deepEqual(client.head.match(/^set-cookie: .*$/gm), ["set-cookie: a=1", "set-cookie: b=2"]);
  await server.close();
});
