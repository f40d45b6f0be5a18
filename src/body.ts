/**
 * The body of a request.
 *
 * @module
 */

export {
  Body,
  type BodyFormDataOptions,
  type BodyJsonOptions,
  type BodyOptions,
  type BodyReadOptions,
  type BodySource,
  type BodyType,
  type JsonReviver,
} from "./app/body.ts";
export type { MultipartLimits } from "./http/multipart-limits.ts";
export type { MultipartPart } from "./http/multipart-part.ts";
