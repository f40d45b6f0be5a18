import assert from "node:assert/strict";
import { test } from "node:test";
import { CookieExchange } from "../../src/http/cookie-exchange.ts";

test("nothing is read before it is asked for", () => {
  let reads = 0;
  const request = {
    get headers(): Headers {
      reads++;
      return new Headers({ cookie: "a=1" });
    },
  };
  const response = {
    get headers(): Headers {
      return assert.fail("not asked for");
    },
  };
  const exchange = new CookieExchange(request, { response });
  assert.equal(reads, 0);
  assert.equal(exchange.received.get("a"), "1");
  assert.equal(reads, 1);
});

test("the cookies are those that the request has now", () => {
  const headers = new Headers({ cookie: "a=1" });
  const exchange = new CookieExchange(headers, {});
  const { received } = exchange;
  assert.equal(exchange.received, received, "they are parsed once");
  headers.set("cookie", "a=2");
  assert.equal(exchange.received.get("a"), "2");
  headers.delete("cookie");
  assert.equal(exchange.received.size, 0);
});

test("cookies go to the headers that the response has then", () => {
  const response = { headers: new Headers() };
  const exchange = new CookieExchange(new Headers(), { response });
  response.headers = new Headers({ "set-cookie": "z=0" });
  exchange.send("a=1");
  assert.deepEqual(response.headers.getSetCookie(), ["z=0", "a=1"]);
  assert.deepEqual(exchange.sent, ["z=0", "a=1"]);
});

test("only cookies of the very name are overwritten", () => {
  const headers = new Headers();
  const exchange = new CookieExchange(new Headers(), { response: headers });
  for (const cookie of ["a=1", "ab=2", "a=3; path=/b", "b=4"]) exchange.send(cookie);
  assert.deepEqual([exchange.sets("a"), exchange.sets("A"), exchange.sets("")], [true, false, false]);
  exchange.send("a=5", true);
  assert.deepEqual(headers.getSetCookie(), ["ab=2", "b=4", "a=5"]);
});

test("a cookie is as secure as the connection, unless it is said otherwise", () => {
  const encrypted = new CookieExchange(new Headers(), { secure: true });
  assert.equal(encrypted.serialize("a", "1", {}), "a=1; path=/; secure; httponly");
  assert.equal(encrypted.serialize("a", "1", { secure: false }), "a=1; path=/; httponly");
  const plain = new CookieExchange(new Headers(), {});
  assert.equal(plain.serialize("a", "1", {}), "a=1; path=/; httponly");
  assert.equal(
    plain.serialize("a", "1", { secure: true, ignoreInsecure: true }),
    "a=1; path=/; secure; httponly",
  );
  assert.throws(() => plain.serialize("a", "1", { secure: true }), {
    name: "TypeError",
    message: "Cannot send secure cookie over unencrypted connection.",
  });
});
