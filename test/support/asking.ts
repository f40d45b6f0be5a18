import assert from "node:assert/strict";
import type { Application } from "../../src/app/application.ts";
import type { ApplicationErrorEvent } from "../../src/app/application-events.ts";

/** Asks `app` for `path`, without a socket, and gives the answer: there must be one. */
export async function ask(app: Application, path = "/", init?: RequestInit): Promise<Response> {
  const response = await app.handle(new Request(`http://host.test${path}`, init));
  assert.ok(response !== undefined, `no answer to ${path}`);
  return response;
}

/** The error events of `app`, from now on. */
export function errorsOf(app: Application): ApplicationErrorEvent[] {
  const events: ApplicationErrorEvent[] = [];
  app.addEventListener("error", (event) => events.push(event));
  return events;
}
