import assert from "node:assert/strict";
import { test } from "node:test";

/** What oak's main entry has at run time. */
const MAIN = [
  ...[
    "Application",
    "Context",
    "HttpServerNative",
    "RouteContext",
    "ServeContext",
    "Request",
    "Response",
    "Router",
  ],
  ...["HttpError", "Cookies", "ServerSentEvent", "proxy", "route", "serve", "composeMiddleware", "send"],
  ...[
    "createHttpError",
    "isErrorStatus",
    "isHttpError",
    "isRedirectStatus",
    "etag",
    "testing",
    "REDIRECT_BACK",
  ],
  ...["httpErrors", "Status", "STATUS_TEXT"],
];

/** What its other entries have. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  application: ["Application", "ApplicationCloseEvent", "ApplicationErrorEvent", "ApplicationListenEvent"],
  body: ["Body"],
  context: ["Context"],
  etag: ["factory", "getEntity"],
  middleware: ["compose", "isMiddlewareObject"],
  proxy: ["proxy"],
  request: ["Request"],
  response: ["Response", "REDIRECT_BACK"],
  router: ["Router", "Layer"],
  send: ["send"],
  serve: ["serve", "route", "ServeContext", "RouteContext"],
  testing: ["createMockApp", "createMockContext", "createMockNext", "mockContextState"],
};

test("the main entry has all that oak's has", async () => {
  const main: Record<string, unknown> = await import("dodona");
  assert.equal(MAIN.length, 26);
  for (const name of MAIN) assert.notEqual(main[name], undefined, name);
  assert.deepEqual(Object.keys(main.testing as object).sort(), [...(ENTRIES.testing ?? [])].sort());
  assert.equal(typeof main.REDIRECT_BACK, "symbol");
});

for (const [entry, names] of Object.entries(ENTRIES)) {
  test(`the entry ${entry} has what oak's has, and it is the same behind each door`, async () => {
    const main: Record<string, unknown> = await import("dodona");
    const door: Record<string, unknown> = await import(`dodona/${entry}`);
    for (const name of names) {
      assert.notEqual(door[name], undefined, name);
      if (name in main) assert.equal(door[name], main[name], name);
    }
  });
}

test("all classes of errors are there, by oak's names and the standard's", async () => {
  const { httpErrors, createHttpError, Status } = await import("dodona");
  const names = Object.entries(Status).flatMap(([name, status]) => (status >= 400 ? [name] : []));
  for (const name of names)
    assert.equal(typeof httpErrors[name as keyof typeof httpErrors], "function", name);
  for (const [old, present] of [
    ["RequestEntityTooLarge", "ContentTooLarge"],
    ["RequestURITooLong", "URITooLong"],
    ["RequestedRangeNotSatisfiable", "RangeNotSatisfiable"],
  ] as const) {
    assert.equal(httpErrors[old], httpErrors[present]);
    assert.equal(Status[old], Status[present]);
  }
  assert.ok(createHttpError(425) instanceof httpErrors.TooEarly);
});
