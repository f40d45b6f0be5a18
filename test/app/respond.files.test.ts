import assert from "node:assert/strict";
import { test } from "node:test";
import { FileBody } from "../../src/app/file-body.ts";
import { respond } from "../../src/app/respond.ts";
import { Response } from "../../src/app/response.ts";
import type { BodySource, FileHead, OpenFile, ResponseHead } from "../../src/app/server-request.ts";
import { BareRequest } from "../support/bare-request.ts";
import { defer } from "../support/deferred.ts";

function resource() {
  return {
    closed: 0,
    close() {
      this.closed++;
    },
  };
}

/** A request whose server reads files itself. */
class LendingRequest extends BareRequest {
  readonly lent: [head: ResponseHead, source: BodySource][] = [];
  readonly sent = defer();

  respondFrom(head: ResponseHead, source: BodySource): Promise<void> {
    this.lent.push([head, source]);
    return this.sent.promise;
  }
}

test("a file goes to a server that reads it itself, and its resources are closed when it is sent", async () => {
  const [file, request, response] = [resource(), new LendingRequest(), new Response()];
  const body = new FileBody({ fill: async () => undefined, close: () => undefined }, [{ start: 0, end: 9 }]);
  response.status = 206;
  response.type = "bin";
  response.headers.set("content-length", "10");
  response.addResource(file);
  response.body = body;
  const sent = respond(response, request);
  const headers = [
    ["content-length", "10"],
    ["content-type", "application/octet-stream"],
  ];
  assert.deepEqual(request.lent, [[{ status: 206, headers }, body]]);
  assert.deepEqual([response.sent, response.writable, file.closed], [true, false, 0]);
  request.sent.resolve();
  await sent;
  assert.deepEqual([file.closed, request.answers], [1, []]);
});

/** The same with a runtime that reads whole files, unless they are of the wrong size. */
class SendingRequest extends LendingRequest {
  readonly whole: [head: FileHead, file: OpenFile][] = [];

  respondFile(head: FileHead, file: OpenFile): Promise<void> | undefined {
    if (file.size !== 10) return undefined;
    this.whole.push([head, file]);
    return this.sent.promise;
  }
}

function wholeFile(size: number): OpenFile {
  const [borrow, close] = [() => () => undefined, () => undefined];
  return { path: "/a", descriptor: 7, size, device: 1, inode: 2, closed: false, borrow, close };
}

test("all of a file goes to a server whose runtime reads it, unless it can't", async () => {
  for (const [file, method, ways] of [
    [wholeFile(10), "GET", [1, 0, 0]],
    [wholeFile(11), "GET", [0, 1, 0]],
    [undefined, "GET", [0, 1, 0]],
    [wholeFile(10), "HEAD", [0, 0, 1]],
  ] as const) {
    const [request, response, kept] = [new SendingRequest("/", { method }), new Response(), resource()];
    response.type = "txt";
    response.addResource(kept);
    const source = { fill: async () => undefined, close: () => undefined };
    response.body = new FileBody(source, [{ start: 0, end: 9 }], file);
    const sent = respond(response, request);
    assert.deepEqual([request.whole.length, request.lent.length, request.answers.length], ways);
    const [head] = request.whole[0] ?? request.lent[0] ?? [];
    if (head !== undefined) {
      assert.equal(head.status, 200);
      assert.deepEqual([...head.headers], [["content-type", "text/plain; charset=UTF-8"]]);
    }
    if (method === "GET") assert.equal(kept.closed, 0);
    request.sent.resolve();
    await sent;
    if (method === "GET") assert.equal(kept.closed, 1);
  }
});

test("so it is not for HEAD, nor where the status has no body", async () => {
  for (const [method, status] of [
    ["HEAD", 200],
    ["GET", 304],
  ] as const) {
    const [request, response] = [new LendingRequest("/", { method }), new Response()];
    response.status = status;
    response.body = new FileBody({ fill: async () => undefined, close: () => undefined }, []);
    await respond(response, request);
    assert.deepEqual(
      [request.lent, request.answers[0]?.status, request.answers[0]?.body],
      [[], status, null],
    );
  }
});
