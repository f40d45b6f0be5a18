/**
 * The two kinds of a form's body as the `FormData` of the web.
 *
 * @module
 */

import type { MultipartPart } from "../http/multipart-part.ts";

/** Reads all parts; those with a file name become files. @see XMLHttpRequest Standard, section 4 */
export async function collectFormData(parts: AsyncIterable<MultipartPart>): Promise<FormData> {
  const form = new FormData();
  for await (const part of parts) {
    const { name, filename, type } = part;
    if (filename === undefined) form.append(name, await part.text());
    else form.append(name, new File([await part.bytes()], filename, { type }));
  }
  return form;
}

/** The fields of a form without files. */
export function toFormData(fields: URLSearchParams): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
}
