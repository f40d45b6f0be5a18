import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Response } from "../../src/app/response.ts";

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
