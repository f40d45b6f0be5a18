/**
 * Entity tags for any body.
 *
 * @module
 */

export { calculate, factory, getEntity, ifMatch, ifNoneMatch } from "./middleware/etag.ts";
