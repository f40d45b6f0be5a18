import assert from "node:assert/strict";
import { test } from "node:test";
import { readClientInfo } from "../../src/app/client-info.ts";

const request = new Request("http://host.test/");

test("what Deno and Bun say of the client is known for what it is", () => {
  const deno = {
    remoteAddr: { hostname: "192.0.2.1", port: 1, transport: "tcp" },
    completed: Promise.resolve(),
  };
  assert.deepEqual(readClientInfo(request, deno), { ...deno, known: true });
  const bun = { requestIP: () => ({ address: "192.0.2.2" }) };
  assert.deepEqual(readClientInfo(request, bun), { remoteAddr: { hostname: "192.0.2.2" }, known: true });
  assert.deepEqual(readClientInfo(request, { requestIP: () => null }), { known: true });
});

test("another argument is the platform's own", () => {
  for (const info of [undefined, null, "text", { BINDING: 1 }]) {
    assert.deepEqual(readClientInfo(request, info), { known: false });
  }
});

test("on Cloudflare the address is a header", () => {
  const headers = { "cf-connecting-ip": "192.0.2.3" };
  assert.deepEqual(readClientInfo(new Request("http://host.test/", { headers }), {}), {
    remoteAddr: { hostname: "192.0.2.3" },
    known: false,
  });
});
