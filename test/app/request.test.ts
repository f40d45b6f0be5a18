import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Body } from "../../src/app/body.ts";
import { Request } from "../../src/app/request.ts";
import { WebServerRequest } from "../../src/app/web-server-request.ts";
import type { ProxyTrust } from "../../src/http/proxy-trust.ts";
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

/** A request with these headers and no more. */
function withHeaders(headers: Record<string, string>): Request {
  return new Request(new BareRequest("/", { headers }));
}

test("without a header the first type that is asked for is accepted, or all", () => {
  const request = withHeaders({});
  assert.deepEqual([request.accepts(), request.accepts("json", "html")], [["*/*"], "json"]);
  assert.deepEqual([request.acceptsEncodings(), request.acceptsLanguages()], [["*"], ["*"]]);
});

test("the client's preference decides", () => {
  const request = withHeaders({
    accept: "application/json;q=0.2, text/html",
    "accept-encoding": "gzip;q=0.5, br",
    "accept-language": "de;q=0.3, en",
  });
  assert.deepEqual(request.accepts(), ["text/html", "application/json"]);
  assert.deepEqual([request.accepts("json", "html"), request.accepts("image/png")], ["html", undefined]);
  assert.equal(request.acceptsEncodings("gzip", "br", "identity"), "br");
  assert.equal(request.acceptsLanguages("de", "en"), "en");
});

test("the user agent is read of its header", () => {
  const chrome =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/113.0.0.0 Safari/537.36";
  const { userAgent } = withHeaders({ "user-agent": chrome });
  assert.deepEqual(
    [userAgent.browser.name, userAgent.device.model, userAgent.ua],
    ["Chrome", "Macintosh", chrome],
  );
  assert.equal(withHeaders({}).userAgent.browser.name, undefined);
});

test("a believed proxy's word makes the request secure, and none makes it insecure", () => {
  const secureBy = (proto: string, options: object) =>
    new Request(new BareRequest("/", { headers: { "x-forwarded-proto": proto } }), options).secure;
  assert.equal(secureBy("https", {}), false);
  assert.equal(secureBy("https", { proxy: true }), true);
  assert.equal(secureBy("http", { proxy: true }), false);
  assert.equal(secureBy("http", { proxy: true, secure: true }), true);
});

test("so many proxies are believed, and what a client claims beyond them is not", () => {
  const headers = { "x-forwarded-for": "6.6.6.6, 10.0.0.1, 10.0.0.2", "x-forwarded-proto": "https" };
  const request = (proxy: ProxyTrust) =>
    new Request(new BareRequest("/", { headers, remoteAddr: "192.0.2.1" }), { proxy });
  assert.equal(request(1).ip, "10.0.0.2");
  assert.equal(request(2).ip, "10.0.0.1");
  assert.deepEqual(request(["192.0.2.0/24", "10.0.0.2"]).ip, "10.0.0.1");
  assert.deepEqual([request(["198.51.100.1"]).ip, request(["198.51.100.1"]).secure], ["192.0.2.1", false]);
});

test("the path is that of the URL", () => {
  const path = fc.oneof(
    fc.constantFrom(
      "/",
      "//a",
      "/a/../b",
      "/a/.%2e/b",
      "/%2e%2E/x",
      "/a b",
      "/ü",
      "/a\\b",
      "/a?b/../c",
      "/a//b/",
      "/a#b",
    ),
    fc
      .array(fc.constantFrom("/", ".", "..", "a", "%", "%2f", "%20", "?", ";", "\\", "é", "\t", "|"))
      .map((parts) => `/${parts.join("")}`),
  );
  fc.assert(
    fc.property(path, (url) => {
      const headers = { host: "host.test:8000" };
      const request = () => new Request(new BareRequest(url, { headers }));
      assert.equal(request().path, request().url.pathname);
    }),
    { numRuns: 1000 },
  );
});

test("a host that is none is refused, whether the path or the URL is asked for", () => {
  for (const host of ["a/b", "a b", "a?b", "a@b", "[::1"]) {
    const request = new Request(new BareRequest("/", { headers: { host } }));
    assert.throws(() => request.path, { status: 400 });
    assert.throws(() => request.url, { status: 400 });
  }
});
