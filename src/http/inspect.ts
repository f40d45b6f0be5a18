/**
 * How a class shows itself to `console.log`: by what a person wants to know of it.
 *
 * ```ts
 * class Layer {
 *   path = "/";
 *   static {
 *     showAs(this, "Layer", ({ path }) => ({ path }));
 *   }
 * }
 * ```
 *
 * @module
 */

/** What Deno calls, with its own `inspect`. */
const DENO_INSPECT = Symbol.for("Deno.customInspect");
/** What Node and Bun call. */
const NODE_INSPECT = Symbol.for("nodejs.util.inspect.custom");

type Inspect = (value: unknown, options?: unknown) => string;

/** What Node and Bun hand over beside their `inspect`. */
interface NodeInspectOptions {
  depth?: number | null;
  stylize(text: string, style: string): string;
}

/**
 * Makes the instances of `Class` show themselves as its `name` and the fields that `fieldsOf` gives, on the three
 * runtimes; as the name alone where they stand too deep.
 */
export function showAs<Instance extends object>(
  Class: { readonly prototype: Instance },
  name: string,
  fieldsOf: (instance: Instance) => object,
): void {
  function showForDeno(this: Instance, inspect: Inspect, options?: unknown): string {
    return `${name} ${inspect(fieldsOf(this), options)}`;
  }
  function showForNode(this: Instance, depth: number, options: NodeInspectOptions, inspect: Inspect): string {
    if (depth < 0) return options.stylize(`[${name}]`, "special");
    const { depth: most = 2 } = options;
    const inner = { ...options, depth: most === null ? null : most - 1 };
    return `${options.stylize(name, "special")} ${inspect(fieldsOf(this), inner)}`;
  }
  Object.defineProperty(Class.prototype, DENO_INSPECT, { value: showForDeno, configurable: true });
  Object.defineProperty(Class.prototype, NODE_INSPECT, { value: showForNode, configurable: true });
}
