import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Request, type RequestOptions } from "../../src/app/request.ts";
import { WebServerRequest } from "../../src/app/web-server-request.ts";
import { HttpError } from "../../src/http/http-error.ts";
import { BareRequest } from "../support/bare-request.ts";

/** The URL of a request that names `path` and `headers` only. */
function urlOf(path: string, headers: Record<string, string>, options?: RequestOptions): URL {
  return new Request(new BareRequest(path, { headers }), options).url;
}

test("the URL is made of the path that was sent and of Host", () => {
  assert.equal(urlOf("/a/b?c=d", { host: "host.test:8000" }).href, "http://host.test:8000/a/b?c=d");
  assert.equal(urlOf("/", { host: "[::1]:8000" }, { secure: true }).href, "https://[::1]:8000/");
});

test("in HTTP/2 the host is the authority", () => {
  assert.equal(urlOf("/a", { ":authority": "host.test" }, { secure: true }).href, "https://host.test/a");
});

test("a client that names no host gets a URL nonetheless", () => {
  assert.equal(urlOf("/a", {}).href, "http://localhost/a");
});

test("a URL that the server knows is taken as it is", () => {
  const source = new globalThis.Request("https://host.test:8443/a?b", { headers: { host: "other.test" } });
  assert.equal(new Request(new WebServerRequest(source)).url.href, "https://host.test:8443/a?b");
});

test("the URL is made once", () => {
  const request = new Request(new BareRequest("/"));
  assert.equal(request.url, request.url);
});

test("two slashes at the beginning are a path and no host", () => {
  const url = urlOf("//evil.test/a", { host: "host.test" });
  assert.deepEqual([url.host, url.pathname], ["host.test", "//evil.test/a"]);
});

test("what a proxy forwards counts only when it is believed", () => {
  const headers = {
    host: "10.0.0.1:3000",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "public.test:8443",
  };
  assert.equal(urlOf("/a", headers).href, "http://10.0.0.1:3000/a");
  assert.equal(urlOf("/a", headers, { proxy: true }).href, "https://public.test:8443/a");
});

const protocols: [forwarded: string, secure: boolean, expected: string][] = [
  ["https", false, "https:"],
  ["  HTTPS  , http ", false, "https:"],
  ["http", true, "http:"],
  ["javascript, https", false, "http:"],
  ["", true, "http:"],
];

for (const [forwarded, secure, expected] of protocols) {
  test(`the protocol that a proxy forwards as "${forwarded}" is ${expected}`, () => {
    const headers = { host: "host.test", "x-forwarded-proto": forwarded };
    const request = new Request(new BareRequest("/", { headers }), { proxy: true, secure });
    assert.equal(request.url.protocol, expected);
    assert.equal(request.secure, secure || expected === "https:");
  });
}

test("a believed proxy that forwards nothing leaves host, port and protocol as they came", () => {
  assert.equal(urlOf("/a", { host: "host.test:8000" }, { proxy: true }).href, "http://host.test:8000/a");
  assert.equal(urlOf("/a", { host: "host.test" }, { proxy: true, secure: true }).href, "https://host.test/a");
});

test("so it is when the server knows the URL and no header names a host", () => {
  const source = new globalThis.Request("http://host.test:8000/a");
  assert.equal(
    new Request(new WebServerRequest(source), { proxy: true }).url.href,
    "http://host.test:8000/a",
  );
});

test("a URL that can't be read is a bad request", () => {
  for (const host of ["a b", "host:port", "[::1", "<", "a, b"]) {
    assert.throws(
      () => urlOf("/a", { host }),
      (error) => {
        assert.ok(error instanceof HttpError);
        assert.deepEqual(
          [error.status, error.message],
          [400, `The server request URL of "http://${host}/a" is invalid.`],
        );
        return true;
      },
      host,
    );
  }
});

const hostile = fc
  .array(fc.constantFrom("a", "host", ".", ":", "8", "@", "/", "\\", "?", "#", "%2f", "[", "]", " "), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

for (const name of ["host", "x-forwarded-host"]) {
  test(`whatever ${name} says, the path is the one that was sent`, () => {
    fc.assert(
      fc.property(hostile, (host) => {
        let url: URL;
        try {
          url = urlOf("/public?q=1", { [name]: host }, { proxy: name !== "host" });
        } catch (error) {
          assert.ok(error instanceof HttpError && error.status === 400);
          return;
        }
        assert.deepEqual([url.pathname, url.search, url.hash], ["/public", "?q=1", ""]);
        assert.deepEqual([url.username, url.password], ["", ""]);
      }),
      { numRuns: 500 },
    );
  });
}

const target = fc
  .array(
    fc.constantFrom(
      "a",
      "Z",
      "0",
      "/",
      "/",
      ".",
      "..",
      "~",
      "!",
      "%2e",
      "%",
      "?",
      "#",
      " ",
      "\\",
      "é",
      '"',
      "|",
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => `/${parts.join("")}`);

test("the path is that of the URL, also where it is read without making one", () => {
  fc.assert(
    fc.property(target, (url) => {
      const headers = { host: "host.test" };
      const { path } = new Request(new BareRequest(url, { headers }));
      assert.equal(path, urlOf(url, headers).pathname);
    }),
    { numRuns: 2000 },
  );
});

for (const url of [
  "https://host.test",
  "https://host.test?a=/b",
  "https://host.test/a?b=/c",
  "https://host.test/a/../b?",
]) {
  test(`so it is of ${url}, which the runtime made`, () => {
    const { path } = new Request(new WebServerRequest(new globalThis.Request(url)));
    assert.equal(path, new URL(url).pathname);
  });
}
