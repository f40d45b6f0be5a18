import assert from "node:assert/strict";
import { test } from "node:test";
import { deriveState } from "../../src/app/context-state.ts";

test("clone copies deeply, and leaves out what can't be cloned", () => {
  const state = {
    list: [{ deep: 1 }],
    map: new Map([["a", 1]]),
    date: new Date(0),
    method() {},
    symbol: Symbol("not cloned"),
    nested: { method() {} },
    none: undefined,
  };
  const clone = deriveState(state, "clone");
  assert.deepEqual(clone as object, {
    list: [{ deep: 1 }],
    map: new Map([["a", 1]]),
    date: new Date(0),
    none: undefined,
  });
  assert.notEqual(clone.list[0], state.list[0]);
  assert.notEqual(clone.map, state.map);
});

test("clone takes what is the state's own, and none that it inherits", () => {
  const state = Object.create({ inherited: true }, { hidden: { value: 1, enumerable: false } });
  state.own = true;
  assert.deepEqual(deriveState(state, "clone"), { own: true });
});

test("prototype gives an object that inherits from the state", () => {
  const state = { list: [1], name: "app" };
  const derived = deriveState(state, "prototype");
  assert.equal(Object.getPrototypeOf(derived), state);
  assert.deepEqual(Object.keys(derived), []);
  derived.name = "request";
  derived.list.push(2);
  assert.deepEqual(state, { list: [1, 2], name: "app" });
});

test("alias gives the state itself", () => {
  const state = {};
  assert.equal(deriveState(state, "alias"), state);
});

test("empty gives a new object each time", () => {
  const state = { name: "app" };
  assert.deepEqual(deriveState(state, "empty") as object, {});
  assert.notEqual(deriveState(state, "empty"), deriveState(state, "empty"));
});
