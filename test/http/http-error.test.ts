import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createHttpError,
  HttpError,
  type HttpErrorName,
  httpErrors,
  isHttpError,
} from "../../src/http/http-error.ts";
import { isErrorStatus, STATUS_CODE, STATUS_TEXT, Status } from "../../src/http/status.ts";

const names = Object.entries(STATUS_CODE).filter(([, status]) => isErrorStatus(status)) as [
  HttpErrorName,
  number,
][];

test("each error status has a class, 425 too, and no other status has one", () => {
  const all = Object.entries(Status).filter(([, status]) => isErrorStatus(status));
  assert.deepEqual(Object.keys(httpErrors).sort(), all.map(([name]) => name).sort());
  assert.ok("TooEarly" in httpErrors);
});

test("the names of older standards are names of the same classes", () => {
  assert.equal(httpErrors.RequestEntityTooLarge, httpErrors.ContentTooLarge);
  assert.equal(httpErrors.RequestURITooLong, httpErrors.URITooLong);
  assert.equal(httpErrors.RequestedRangeNotSatisfiable, httpErrors.RangeNotSatisfiable);
  assert.ok(createHttpError(413) instanceof httpErrors.RequestEntityTooLarge);
});

test("an error knows its status, its text and its name, and hides from 500 on", () => {
  for (const [name, status] of names) {
    const error = new httpErrors[name]();
    assert.equal(error.status, status);
    assert.equal(error.message, STATUS_TEXT[status]);
    assert.equal(error.name, `${name}Error`);
    assert.equal(httpErrors[name].name, `${name}Error`);
    assert.equal(error.expose, status < 500);
    assert.equal(error.headers, undefined);
    assert.ok(error instanceof HttpError && error instanceof Error);
    assert.match(`${error.stack}`, /http-error\.test/);
  }
});

test("createHttpError makes an instance of the status's class", () => {
  for (const [name, status] of names) assert.ok(createHttpError(status) instanceof httpErrors[name]);
  assert.equal(createHttpError().status, 500);
  assert.equal(createHttpError(425).message, "Too Early");
  assert.ok(!(createHttpError(404) instanceof httpErrors.BadRequest));
});

test("message, expose and cause are the caller's", () => {
  const cause = new Error("deeper");
  const error = createHttpError(503, "closed for lunch", { expose: true, cause });
  assert.deepEqual([error.message, error.expose, error.cause], ["closed for lunch", true, cause]);
  assert.equal(createHttpError(404, "whose?", { expose: false }).expose, false);
  assert.equal(createHttpError(400, "").message, "");
  assert.equal("cause" in createHttpError(400, "alone"), false);
  assert.equal("cause" in createHttpError(400, "of nothing", { cause: undefined }), true);
});

test("no error is made of a status that is none", () => {
  for (const status of [200, 304, 399, 419, 499, 600, 0, -1, 404.5, Number.NaN]) {
    assert.throws(() => createHttpError(status), RangeError, `${status}`);
  }
  assert.throws(() => createHttpError(299), {
    message: 'Cannot create an HTTP error of status "299": not an error status',
  });
});

test("headers for the answer can be given", () => {
  const error = createHttpError(401, undefined, { headers: { "www-authenticate": "Bearer" } });
  assert.equal(error.headers?.get("www-authenticate"), "Bearer");
  assert.equal(error.message, "Unauthorized");
});

test("an error makes its answer itself", async () => {
  const error = createHttpError(401, "who are you?", { headers: { "www-authenticate": "Bearer" } });
  const request = new Request("http://localhost/", { headers: { accept: "text/plain" } });
  const response = error.asResponse({ request });
  assert.deepEqual([response.status, await response.text()], [401, "who are you?"]);
  assert.equal(response.headers.get("www-authenticate"), "Bearer");
});

test("isHttpError tells them from others", () => {
  assert.equal(isHttpError(new httpErrors.Gone()), true);
  assert.equal(isHttpError(new HttpError(418)), true);
  for (const other of [new Error("gone"), { status: 410, expose: true }, null, undefined, "404", 404]) {
    assert.equal(isHttpError(other), false);
  }
});
