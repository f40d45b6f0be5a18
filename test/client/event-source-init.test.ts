import assert from "node:assert/strict";
import { test } from "node:test";
import { checkInit, parseUrl } from "../../src/client/event-source-init.ts";

const TARGET = new URL("http://a.test/");

/** Runs `work` with a global that only pages have. */
function withGlobal(name: "document" | "location", value: object, work: () => void): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { value, configurable: true });
  try {
    work();
  } finally {
    if (before) Object.defineProperty(globalThis, name, before);
    else Reflect.deleteProperty(globalThis, name);
  }
}

test("a URL is relative to the page, or to the worker's address", () => {
  withGlobal("document", { baseURI: "http://page.test/a/b" }, () => {
    assert.equal(parseUrl("../events").href, "http://page.test/events");
    assert.equal(parseUrl("").href, "http://page.test/a/b");
  });
  withGlobal("location", { href: "http://worker.test/w.js" }, () => {
    assert.equal(parseUrl("events").href, "http://worker.test/events");
  });
});

test("what is no URL is a SyntaxError, and none a TypeError", () => {
  assert.throws(() => parseUrl("http://:"), {
    name: "SyntaxError",
    message: 'Cannot open event stream: "http://:" is not a URL',
  });
  assert.throws(() => parseUrl(undefined as unknown as string), TypeError);
});

test("what no attempt could send is refused, and what a function gives is not asked for", () => {
  checkInit(TARGET, { headers: () => assert.fail("called"), body: () => assert.fail("called") });
  checkInit(TARGET, {
    method: "POST",
    body: "x",
    inactivityTimeoutMs: "auto",
    openTimeoutMs: Number.POSITIVE_INFINITY,
  });
  assert.throws(() => checkInit(TARGET, { headers: { "a b": "c" } }), TypeError);
  assert.throws(() => checkInit(TARGET, { openTimeoutMs: 0 }), {
    name: "RangeError",
    message: 'Cannot open event stream: "0" is no positive number',
  });
});
