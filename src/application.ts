/**
 * The application and its events.
 *
 * @module
 */

export type { ApplicationEventMap, ApplicationOptions } from "./app/application.ts";
export {
  ApplicationCloseEvent,
  ApplicationErrorEvent,
  ApplicationListenEvent,
} from "./app/application-events.ts";
export type { State } from "./app/context.ts";
export type {
  Listener,
  ListenOptions,
  ListenOptionsBase,
  ListenOptionsTls,
  Server,
  ServerConstructor,
} from "./app/server.ts";
export { RuntimeApplication as Application } from "./servers/runtime-application.ts";
