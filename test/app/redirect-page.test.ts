import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeUrl, redirectPage } from "../../src/app/redirect-page.ts";

test("the page is a link for those who read HTML, and text for the others", () => {
  assert.deepEqual(redirectPage("/a", true), { type: "html", body: 'Redirecting to <a href="/a">/a</a>.' });
  assert.deepEqual(redirectPage("/a", false), { type: "text/plain", body: "Redirecting to /a." });
});

test("whatever the URL, nothing leaves the link", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (url) => {
      const { type, body } = redirectPage(encodeUrl(url), true);
      if (type === "html") assert.match(body, /^Redirecting to <a href="[^"<>']*">[^"<>']*<\/a>\.$/);
    }),
    { numRuns: 300 },
  );
});
