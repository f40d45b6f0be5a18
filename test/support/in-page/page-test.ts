/** How a test of the page ended. */
export interface PageOutcome {
  readonly name: string;
  /** What was thrown, with its stack; `undefined` for a test that passed. */
  readonly failure: string | undefined;
}

type Run = () => unknown;

/** As long as a test may take, in milliseconds. */
const LIMIT_MS = 20_000;
const tests: { name: string; run: Run }[] = [];

/** Stands in a page for `test` of `node:test`: notes a test. */
export function test(name: string, run: Run): void {
  tests.push({ name, run });
}

/** The names of all tests, in their order. */
export function testNames(): string[] {
  return tests.map(({ name }) => name);
}

/** Runs the test of a name. Never rejects. */
export async function runTest(name: string): Promise<PageOutcome> {
  const run = tests.find((one) => one.name === name)?.run;
  let timer: number | undefined;
  const late = new Promise<never>((_, reject) => {
    const end = () => reject(new Error(`It took longer than ${LIMIT_MS} ms`));
    timer = setTimeout(end, LIMIT_MS) as unknown as number;
  });
  try {
    if (run === undefined) throw new Error("There is no such test");
    await Promise.race([run(), late]);
    return { name, failure: undefined };
  } catch (error) {
    return { name, failure: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
