import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { type Route, Router } from "../../src/app/router.ts";

const empty = () => undefined;
const router = new Router().all("/route", empty).delete("name", "/route/:id", empty, empty).use(empty);

test("a router is iterable: its routes, in order", () => {
  const [all, named, use, ...others] = [...router];
  assert.deepEqual(others, []);
  assert.deepEqual([all?.path, all?.methods], ["/route", ["HEAD", "DELETE", "GET", "PATCH", "POST", "PUT"]]);
  assert.deepEqual([all?.middleware.length, all?.name, all?.paramNames], [1, undefined, []]);
  assert.deepEqual([named?.name, named?.middleware.length, named?.paramNames], ["name", 2, ["id"]]);
  assert.ok(named?.regexp.test("/route/7"));
  assert.deepEqual([use?.path, use?.methods, use?.options.end], ["(.*)", [], false]);
});

test("keys, values and entries give the same routes, forEach as well", () => {
  const paths = ["/route", "/route/:id", "(.*)"];
  const each: unknown[] = [];
  router.forEach(function (this: unknown, route: Route, same: Route, of) {
    each.push([this, route.path, same === route, of]);
  }, "this");
  assert.deepEqual(
    Array.from(router.keys(), ({ path }) => path),
    paths,
  );
  assert.deepEqual(
    Array.from(router.values(), ({ path }) => path),
    paths,
  );
  assert.deepEqual(
    Array.from(router.entries(), ([a, b]) => [a.path, a === b]),
    paths.map((path) => [path, true]),
  );
  assert.deepEqual(
    each,
    paths.map((path) => ["this", path, true, router]),
  );
});

test("what is given is a copy", () => {
  const [route] = router;
  route?.methods.push("BREW");
  route?.middleware.pop();
  assert.deepEqual([...router][0]?.methods.length, 6);
  assert.deepEqual([...router][0]?.middleware.length, 1);
});

test("a router shows its parameters and routes", () => {
  const shown = inspect(new Router().param("id", empty).get("/", empty));
  assert.match(shown, /^Router \{\s+'#params': \{ id: \[Function: empty\] \},\s+'#stack': \[\s+\[?Layer/);
});
