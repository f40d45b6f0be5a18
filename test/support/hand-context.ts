import type { Context } from "../../src/app/context.ts";
import type { RouterContext } from "../../src/app/route-context.ts";

/** A context made by hand, of no more than a router may touch. */
export function handContext(path = "/", method = "GET"): RouterContext & Context {
  const headers = new Headers();
  const context = {
    app: { state: {} },
    request: { headers: new Headers(), method, url: new URL(path, "https://localhost/") },
    response: {
      status: undefined,
      body: undefined,
      headers,
      redirect(url: string | URL) {
        headers.set("location", encodeURI(`${url}`));
      },
    },
    state: {},
  };
  return context as unknown as RouterContext & Context;
}

/** A next that does nothing. */
export async function noNext(): Promise<void> {}
