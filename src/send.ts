/**
 * Files as responses.
 *
 * @module
 */

export { type ContextSendOptions, type SendOptions, send } from "./app/send.ts";
export { type StaticFilesOptions, staticFiles } from "./middleware/static-files.ts";
