/**
 * Preloaded before an example that says nothing of where it listens: prints `port N` once it does.
 *
 * The example itself stays as it is; what is changed is how its `Application` dispatches `listen`.
 *
 * @module
 */

import { Application, ApplicationListenEvent } from "dodona";

Object.defineProperty(Application.prototype, "dispatchEvent", {
  value(this: Application, event: Event): boolean {
    if (event instanceof ApplicationListenEvent) console.log(`port ${event.port}`);
    return EventTarget.prototype.dispatchEvent.call(this, event);
  },
});
