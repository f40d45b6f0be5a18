type Expected = RegExp | Error | ((error: unknown) => boolean) | (new (...init: never[]) => unknown);

/** Stands in a page for what the client's tests use of `node:assert/strict`. */
const assert = {
  ok(value: unknown, message?: string): void {
    if (!value) assert.fail(message ?? `${String(value)} is not true`);
  },

  equal(actual: unknown, expected: unknown, message?: string): void {
    if (!Object.is(actual, expected))
      assert.fail(`${message ?? "not equal"}: ${show(actual)}, not ${show(expected)}`);
  },

  deepEqual(actual: unknown, expected: unknown, message?: string): void {
    if (!isSame(actual, expected))
      assert.fail(`${message ?? "not equal"}: ${show(actual)}, not ${show(expected)}`);
  },

  throws(run: () => unknown, expected: Expected): void {
    let thrown: unknown;
    try {
      run();
    } catch (error) {
      thrown = error;
    }
    checkThrown(thrown, expected);
  },

  async rejects(promise: Promise<unknown>, expected: Expected): Promise<void> {
    const thrown = await promise.then(
      () => undefined,
      (error: unknown) => error,
    );
    checkThrown(thrown, expected);
  },

  fail(message: string): never {
    throw new Error(message);
  },
};

export default assert;

function checkThrown(thrown: unknown, expected: Expected): void {
  if (thrown === undefined) assert.fail("nothing was thrown");
  const fits =
    expected instanceof RegExp
      ? expected.test(String(thrown))
      : typeof expected !== "function"
        ? thrown === expected
        : isClass(expected)
          ? thrown instanceof expected
          : expected(thrown);
  if (!fits) assert.fail(`another thing was thrown: ${show(thrown)}`);
}

function isClass(value: Expected): value is new (...init: never[]) => unknown {
  return typeof value === "function" && value.prototype !== undefined;
}

/** Whether two values are the same, down to what arrays and plain objects hold; anything else has to be one. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (!isPlain(one) || !isPlain(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]))
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
