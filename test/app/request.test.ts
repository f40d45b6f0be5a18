import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Body } from "../../src/app/body.ts";
import { Request } from "../../src/app/request.ts";
import { WebServerRequest } from "../../src/app/web-server-request.ts";
import { BareRequest } from "../support/bare-request.ts";

/** The addresses that a believed proxy names in `forwarded`. */
function forwardedBy(forwarded: string): Request {
  const headers = { "x-forwarded-for": forwarded };
  return new Request(new BareRequest("/", { headers, remoteAddr: "192.0.2.1" }), { proxy: true });
}

test("a request shows what the server's request says", () => {
  const headers = { "x-own": "1" };
  const source = new globalThis.Request("http://host.test/path?q", { method: "PUT", headers, body: "b" });
  const serverRequest = new WebServerRequest(source);
  const request = new Request(serverRequest);
  assert.equal(request.method, "PUT");
  assert.equal(request.headers.get("x-own"), "1");
  assert.equal(request.source, source);
  assert.equal(request.originalRequest, serverRequest);
  assert.equal(request.signal, source.signal);
  assert.ok(request.body instanceof Body);
  assert.deepEqual([request.hasBody, request.secure], [true, false]);
});

test("a server that has no web request shows none", () => {
  const serverRequest = new BareRequest("/");
  const request = new Request(serverRequest, { secure: true });
  assert.equal(request.source, undefined);
  assert.equal(request.signal, serverRequest.signal);
  assert.deepEqual([request.hasBody, request.secure], [false, true]);
});

test("the address is that of the connection, whatever a client claims", () => {
  const headers = { "x-forwarded-for": "10.0.0.1" };
  const request = new Request(new BareRequest("/", { headers, remoteAddr: "192.0.2.1" }));
  assert.deepEqual([request.ip, request.ips], ["192.0.2.1", []]);
  assert.equal(new Request(new BareRequest()).ip, "");
});

test("a believed proxy names the addresses, the client's first", () => {
  const { ip, ips } = forwardedBy(" 10.0.0.1 ,[::1],,10.0.0.2  ");
  assert.deepEqual([ip, ips], ["10.0.0.1", ["10.0.0.1", "[::1]", "10.0.0.2"]]);
});

test("where the proxy names none it is the connection's", () => {
  const named = new Request(new BareRequest("/", { remoteAddr: "192.0.2.1" }), { proxy: true });
  assert.deepEqual([named.ip, named.ips], ["192.0.2.1", ["192.0.2.1"]]);
  const unknown = new Request(new BareRequest(), { proxy: true });
  assert.deepEqual([unknown.ip, unknown.ips], ["", []]);
});

test("no more than a hundred addresses are read, and no more than 4096 characters", () => {
  const many = forwardedBy(Array.from({ length: 1000 }, (_, index) => `10.0.0.${index}`).join(","));
  assert.equal(many.ips.length, 100);
  assert.deepEqual([many.ips[0], many.ips[99]], ["10.0.0.0", "10.0.0.99"]);
  const long = forwardedBy(`${"x".repeat(5000)},10.0.0.1`);
  assert.deepEqual(
    long.ips.map(({ length }) => length),
    [4096],
  );
});

test("whatever a client forwards, the addresses are few, short, and without blanks and commas", () => {
  const part = fc.oneof(
    fc.constantFrom(",", " ", ", ", ",,", "10.0.0.1", "[::1]", "unknown"),
    fc.string({ maxLength: 5 }).filter((text) => /^[\x20-\x7e]*$/.test(text)),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 300 }), (parts) => {
      const { ip, ips } = forwardedBy(parts.join(""));
      assert.ok(ips.length <= 100);
      assert.equal(ip, ips[0] ?? "");
      for (const address of ips) assert.match(address, /^(?! )[^,]+(?<! )$/);
    }),
    { numRuns: 200 },
  );
});
