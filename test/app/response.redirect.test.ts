import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { REDIRECT_BACK, Response, type ResponseRequest } from "../../src/app/response.ts";

/** Where a redirect to `url` leads. */
function locationOf(url: string | URL): string | null {
  const response = new Response();
  response.redirect(url);
  return response.headers.get("location");
}

test("a redirect is a 302 with a word for people", () => {
  const response = new Response();
  response.redirect("/elsewhere");
  assert.deepEqual(
    [response.status, response.headers.get("location"), response.type, response.body],
    [302, "/elsewhere", "text/plain", "Redirecting to /elsewhere."],
  );
});

test("a redirect's status that was set stays, and another does not", () => {
  for (const [set, expected] of [
    [301, 301],
    [303, 303],
    [307, 307],
    [308, 308],
    [200, 302],
    [404, 302],
  ] as const) {
    const response = new Response();
    response.status = set;
    response.redirect("/");
    assert.equal(response.status, expected);
  }
});

const locations: [given: string | URL, expected: string][] = [
  ["https://example.com/a?b=c#d", "https://example.com/a?b=c#d"],
  [new URL("https://example.com/a b"), "https://example.com/a%20b"],
  ["./foo", "./foo"],
  ["../a b/ü", "../a%20b/%C3%BC"],
  ["/?redirect=https%3A%2F%2Fdeno.land", "/?redirect=https%3A%2F%2Fdeno.land"],
  ["/100%", "/100%25"],
  ["/%zz", "/%25zz"],
  ["/a\r\nset-cookie: b=1", "/a%0D%0Aset-cookie:%20b=1"],
  ["/\ud800", "/%EF%BF%BD"],
  ["/🌳", "/%F0%9F%8C%B3"],
  ['/"<script>', "/%22%3Cscript%3E"],
];

for (const [given, expected] of locations) {
  test(`a redirect to ${JSON.stringify(String(given))} leads to ${expected}`, () => {
    assert.equal(locationOf(given), expected);
  });
}

test("the brackets of an IPv6 address stay what they are", () => {
  assert.equal(locationOf("http://[::1]:8000/a"), "http://[::1]:8000/a");
  assert.equal(locationOf(new URL("http://[2001:db8::1]/")), "http://[2001:db8::1]/");
});

test("whatever the redirect leads to, the header can be sent, and is not encoded twice", () => {
  const part = fc.oneof(
    fc.constantFrom("%", "%2", "%2f", "\r\n", "\ud800", "%E2%9C%93"),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const url = `/${parts.join("")}`;
      const location = locationOf(url) ?? "";
      assert.match(location, /^[\x21-\x7e]+$/);
      assert.equal(locationOf(location), location);
    }),
    { numRuns: 300 },
  );
});

/** A request from a client that reads HTML, or not, and came from a page. */
function from(accept: string, referer?: string, url?: string): ResponseRequest {
  const headers = new Headers({ accept });
  if (referer !== undefined) headers.set("referer", referer);
  const request = { headers, accepts: (type: string) => (accept.includes(type) ? type : undefined) };
  return url === undefined ? request : { ...request, url: new URL(url) };
}

function redirected(request: ResponseRequest, ...to: Parameters<Response["redirect"]>): Response {
  const response = new Response(request);
  response.redirect(...to);
  return response;
}

test("a client that reads HTML gets a link", () => {
  const { type, body } = redirected(from("text/html"), "https://example.com/a?b=1&c=2'");
  assert.equal(type, "html");
  const link = "https://example.com/a?b=1&amp;c=2&#39;";
  assert.equal(body, `Redirecting to <a href="${link}">${link}</a>.`);
});

test("another gets text", () => {
  const { type, body } = redirected(from("application/json"), "/a");
  assert.deepEqual([type, body], ["text/plain", "Redirecting to /a."]);
});

for (const url of [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "http://[",
]) {
  test(`no link is made of ${JSON.stringify(url)}`, () => {
    const { type, body } = redirected(from("text/html"), url);
    assert.equal(type, "text/plain");
    assert.doesNotMatch(String(body), /href/);
  });
}

test("back is the page that the client came from, or the alternative", () => {
  const back = (referer?: string, url?: string) =>
    redirected(from("", referer, url), REDIRECT_BACK, "/else").headers.get("location");
  assert.equal(back("https://example.com/foo"), "https://example.com/foo");
  assert.equal(back(), "/else");
  assert.equal(redirected(from(""), REDIRECT_BACK).headers.get("location"), "/");
  assert.equal(back("http://own.test/foo", "http://own.test/a"), "http://own.test/foo");
});

test("back leads to no other host, for whoever links to us could choose it", () => {
  for (const referer of ["http://evil.test/foo", "//evil.test", "nonsense", "http://own.test.evil.test/"]) {
    const response = redirected(from("", referer, "http://own.test/a"), REDIRECT_BACK, "/else");
    assert.equal(response.headers.get("location"), "/else");
  }
});
