/**
 * How the classes of an application show themselves to `console.log`: by what a person wants to know of them.
 *
 * ```ts
 * class Layer {
 *   [denoInspect](inspect: DenoInspect): string {
 *     return `Layer ${inspect({ path: this.path })}`;
 *   }
 * }
 * ```
 *
 * @module
 */

/** What Deno calls, with its own `inspect`. */
export const denoInspect: unique symbol = Symbol.for("Deno.customInspect");
/** What Node and Bun call. */
export const nodeInspect: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** Deno's `inspect`, as it hands it over. */
export type DenoInspect = (value: unknown, options?: unknown) => string;

/** What Node and Bun hand over: how deep it may still go, how they print, and their own `inspect`. */
export type NodeInspect = [
  depth: number,
  options: { depth?: number | null; stylize(text: string, style: string): string },
  inspect: (value: unknown, options: unknown) => string,
];

/** Shows `fields` under the name of a class, for Deno. */
export function showForDeno(name: string, fields: object, inspect: DenoInspect, options?: unknown): string {
  return `${name} ${inspect(fields, options)}`;
}

/** Shows `fields` under the name of a class, for Node and Bun; the name alone where it is too deep. */
export function showForNode(name: string, fields: object, ...[depth, options, inspect]: NodeInspect): string {
  if (depth < 0) return options.stylize(`[${name}]`, "special");
  const { depth: most = 2 } = options;
  const inner = { ...options, depth: most === null ? null : most - 1 };
  return `${options.stylize(name, "special")} ${inspect(fields, inner)}`;
}
