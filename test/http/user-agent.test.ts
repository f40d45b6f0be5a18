import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { UserAgent } from "../../src/http/user-agent.ts";

const CHROME =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/113.0.0.0 Safari/537.36";
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1";
const LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/113.0";

const nothing = {
  browser: { name: undefined, version: undefined, major: undefined },
  cpu: { architecture: undefined },
  device: { model: undefined, type: undefined, vendor: undefined },
  engine: { name: undefined, version: undefined },
  os: { name: undefined, version: undefined },
};

test("the parts are what the header tells", () => {
  const { browser, device, engine, os } = new UserAgent(CHROME);
  assert.deepEqual(browser, { name: "Chrome", version: "113.0.0.0", major: "113" });
  assert.deepEqual(device, { model: "Macintosh", type: undefined, vendor: "Apple" });
  assert.deepEqual([engine.name, os], ["Blink", { name: "Mac OS", version: "10.15.7" }]);
  assert.deepEqual(new UserAgent(IPHONE).device, { model: "iPhone", type: "mobile", vendor: "Apple" });
  assert.deepEqual(new UserAgent(LINUX).cpu, { architecture: "amd64" });
});

test("each part is parsed once", () => {
  const userAgent = new UserAgent(CHROME);
  for (const part of ["browser", "cpu", "device", "engine", "os"] as const) {
    assert.equal(userAgent[part], userAgent[part]);
  }
});

test("text and JSON tell the header and its parts", () => {
  const userAgent = new UserAgent(LINUX);
  assert.equal(`${userAgent}`, LINUX);
  const { browser, ua } = JSON.parse(JSON.stringify(userAgent));
  assert.deepEqual([browser.name, ua], ["Firefox", LINUX]);
});

test("no header, and one that tells nothing, is nothing, whatever runs the server", () => {
  for (const header of [null, "", " ", "nobody knows"]) {
    assert.deepEqual(new UserAgent(header).toJSON(), { ...nothing, ua: header ?? "" });
  }
});

test("1024 characters are kept, whatever the header throws nothing and takes no time", () => {
  assert.equal(new UserAgent("x".repeat(5000)).ua.length, 1024);
  const part = fc.oneof(
    fc.constantFrom("Mozilla/5.0", "(", ")", ";", " ", "/", "Chrome", "iPhone", "Android", "Build", "1."),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 100 }), (parts) => {
      new UserAgent(parts.join("")).toJSON();
    }),
    { numRuns: 200 },
  );
  for (const text of [" ", "/", "Android ", "iPhone;", "Mozilla/5.0 (", "1.", "a;"]) {
    new UserAgent(text.repeat(1024)).toJSON();
  }
});

test("it shows what the header tells", () => {
  assert.match(inspect(new UserAgent(CHROME)), /^UserAgent \{\s+browser: \{ name: 'Chrome', version: '113/);
});
