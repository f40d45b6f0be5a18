import assert from "node:assert/strict";
import { test } from "node:test";
import { checkHandshake } from "../../src/servers/web-socket-handshake.ts";
import { BareRequest } from "../support/bare-request.ts";

const GOOD = {
  upgrade: "WebSocket",
  connection: "keep-alive, UPGRADE",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
  "sec-websocket-protocol": "chat, superchat",
};

test("a request that asks for a WebSocket passes, with a protocol of those that are offered", () => {
  const request = new BareRequest("/", { headers: GOOD });
  checkHandshake(request, {});
  checkHandshake(request, { protocol: "superchat", idleTimeout: 0 });
});

test("each part that is missing or wrong is named", () => {
  const refused = (headers: Record<string, string>, message: RegExp, method = "GET") => {
    const request = new BareRequest("/", { method, headers });
    assert.throws(() => checkHandshake(request, {}), { name: "TypeError", message });
  };
  refused(GOOD, /its method is "POST", not "GET"$/, "POST");
  for (const name of ["upgrade", "connection", "sec-websocket-key", "sec-websocket-version"] as const) {
    const { [name]: _, ...others } = GOOD;
    refused(others, new RegExp(`it has no header "${name}"$`));
    refused({ ...GOOD, [name]: "x" }, new RegExp(`its header "${name}" is "x"$`));
  }
  for (const key of ["dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ==a", `${"a".repeat(1e5)}==`]) {
    refused({ ...GOOD, "sec-websocket-key": key }, /its header "sec-websocket-key" is /);
  }
});

test("a protocol that nobody offers, and a time that is none, are the application's mistakes", () => {
  const request = new BareRequest("/", { headers: GOOD });
  assert.throws(() => checkHandshake(request, { protocol: "other" }), TypeError);
  for (const idleTimeout of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => checkHandshake(request, { idleTimeout }), RangeError);
  }
});
