import assert from "node:assert/strict";
import { test } from "node:test";
import { Application } from "../../src/app/application.ts";
import type { State } from "../../src/app/context.ts";
import { ask } from "../support/asking.ts";

/** Asks twice, and gives the state that each request saw. */
async function statesOf<AppState extends State>(app: Application<AppState>): Promise<[State, State]> {
  const states: State[] = [];
  app.use((ctx) => void states.push(ctx.state));
  for (let count = 0; count < 2; count++) await app.handle(new Request("http://host.test/"));
  assert.equal(states.length, 2);
  return states as [State, State];
}

const text = "string";
const pattern = /c/;

test("by default the state is cloned, as far as it can be", async () => {
  const app = new Application({ state: { a() {}, b: text, c: pattern, list: [1] } });
  const [first, second] = await statesOf(app);
  assert.deepEqual(first, { b: text, c: pattern, list: [1] });
  first.list.push(2);
  Object.assign(first, { own: true });
  assert.deepEqual(second, { b: text, c: pattern, list: [1] });
  assert.deepEqual(app.state.list, [1]);
});

test("prototype: writes stay with the request, reads go through", async () => {
  const app = new Application({ contextState: "prototype", state: { b: text, list: [1] } });
  const [first, second] = await statesOf(app);
  first.b = "other";
  first.list.push(2);
  assert.deepEqual([second.b, app.state.b], [text, text]);
  assert.deepEqual(
    [second.list, app.state.list],
    [
      [1, 2],
      [1, 2],
    ],
  );
  assert.equal(Object.getPrototypeOf(first), app.state);
});

test("alias: all requests write to the application's own", async () => {
  const app = new Application({ contextState: "alias", state: { count: 0 } });
  const [first, second] = await statesOf(app);
  assert.ok(first === app.state && second === app.state);
});

test("empty: each request begins with nothing", async () => {
  const app = new Application({ contextState: "empty", state: { count: 0 } });
  const [first, second] = await statesOf(app);
  assert.deepEqual(first, {});
  first.count = 7;
  assert.deepEqual([second, app.state], [{}, { count: 0 }]);
});

test("the state that is set later is the next request's", async () => {
  const app = new Application();
  assert.deepEqual(app.state, {});
  app.use((ctx) => {
    ctx.response.body = ctx.state;
  });
  app.state = { late: true };
  assert.deepEqual(await (await ask(app)).json(), { late: true });
});
