/**
 * How much a multipart form may hold.
 *
 * @module
 */

/** What bounds a multipart form, beside the limit of the whole body. Past each of them it is refused with 413. */
export interface MultipartLimits {
  /** How many fields and files. @default 1000 */
  maxParts?: number;
  /** How many files. @default 100 */
  maxFiles?: number;
  /** The content of a field, which is a part without a file name. @default 1048576 */
  maxFieldBytes?: number;
  /** The content of a file. @default Infinity */
  maxFileBytes?: number;
  /** The headers of one part, with its name and file name. @default 8192 */
  maxHeaderBytes?: number;
}

const DEFAULTS: Required<MultipartLimits> = {
  maxParts: 1000,
  maxFiles: 100,
  maxFieldBytes: 1024 * 1024,
  maxFileBytes: Number.POSITIVE_INFINITY,
  maxHeaderBytes: 8192,
};

/**
 * Fills in the defaults. Throws a `RangeError` for what is no whole number from 0 on; `Infinity` is one here.
 */
export function fillMultipartLimits(limits: MultipartLimits): Required<MultipartLimits> {
  const filled = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof MultipartLimits)[]) {
    const value = limits[name];
    if (value === undefined) continue;
    if (value !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(value) && value >= 0)) {
      throw new RangeError(`Cannot read the parts: the limit "${name}" is "${value}"`);
    }
    filled[name] = value;
  }
  return filled;
}
