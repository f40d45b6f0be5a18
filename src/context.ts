/**
 * What a middleware is given.
 *
 * @module
 */

export { Context, type ContextOptions, type State } from "./app/context.ts";
export type { ContextSendOptions } from "./app/send.ts";
