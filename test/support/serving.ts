import type { Application } from "../../src/app/application.ts";
import type { ListenOptions } from "../../src/app/server.ts";
import { RuntimeApplication } from "../../src/servers/runtime-application.ts";

export { eventually } from "./eventually.ts";

/** An application that listens, until the end of the test. */
export interface Serving {
  port: number;
  /** Ends the listening; resolves when it is over. */
  stop(): Promise<void>;
}

/** Listens with the runtime's own server on a free port of this machine. */
export async function serve(app: Application, options: ListenOptions = {}): Promise<Serving> {
  const controller = new AbortController();
  const listening = new Promise<number>((resolve) => {
    app.addEventListener("listen", ({ port }) => resolve(port), { once: true });
  });
  const done = app.listen({ hostname: "127.0.0.1", port: 0, signal: controller.signal, ...options });
  const port = await Promise.race([listening, done.then(() => 0)]);
  return {
    port,
    stop() {
      controller.abort();
      return done;
    },
  };
}

/** An application that says nothing about its errors. */
export function quietApp(): RuntimeApplication {
  return new RuntimeApplication({ logErrors: false });
}
