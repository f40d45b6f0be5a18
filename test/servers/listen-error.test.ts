import assert from "node:assert/strict";
import { test } from "node:test";
import { ListenError } from "../../src/servers/listen-error.ts";

test("it says where, and why", () => {
  const cause = Object.assign(new Error("address already in use"), { code: "EADDRINUSE" });
  const error = new ListenError({ hostname: "127.0.0.1", port: 80 }, cause);
  assert.equal(error.message, "Cannot listen on 127.0.0.1:80: address already in use");
  assert.deepEqual([error.name, error.code, error.cause], ["ListenError", "EADDRINUSE", cause]);
  assert.match(
    new ListenError({ hostname: "::1", port: 80 }, "no").message,
    /^Cannot listen on \[::1\]:80: no$/,
  );
});

test("on a Unix domain socket the place is its path", () => {
  assert.equal(new ListenError({ path: "/a.sock", port: 0 }, "no").message, "Cannot listen on /a.sock: no");
});

test("Deno's classes have the system's codes", () => {
  const named = (name: string) => Object.assign(new Error("x"), { name });
  assert.equal(new ListenError({}, named("AddrInUse")).code, "EADDRINUSE");
  assert.equal(new ListenError({}, named("AddrNotAvailable")).code, "EADDRNOTAVAIL");
  assert.equal(new ListenError({}, new TypeError("x")).code, undefined);
});
