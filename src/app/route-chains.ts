/**
 * The chains of a router: each set of routes that matches together is composed once, and then kept.
 *
 * @module
 */

import { composeSteps, type LateErrorListener, type Next } from "./compose.ts";
import type { RouterContext } from "./route-context.ts";
import type { Layer } from "./route-layer.ts";
import type { RouteMatch } from "./route-tree.ts";

/** The routes of one match, as one middleware. */
export interface RouteChain {
  /** The name of the last route that has one. */
  readonly name: string | undefined;
  run(context: RouterContext, next: Next, match: RouteMatch<Layer>): unknown;
}

/** Chains by the routes that come next. */
interface Branch {
  readonly next: Map<Layer, Branch>;
  /** By method; by the empty text, for all methods that none of the routes is of alone. */
  readonly chains: Map<string, RouteChain | undefined>;
}

/** So many sets of routes are kept; a client that finds paths for more makes them be composed anew. */
const MAX_BRANCHES = 10_000;

/** Composes routes, and keeps what it composed. */
export class RouteChains {
  readonly #methods: ReadonlySet<string>;
  readonly #onLate: LateErrorListener<RouterContext>;
  #root: Branch = createBranch();
  #branches = 0;

  /** `layers` are all that there are; `onLate` is told of errors that nobody is left to catch. */
  constructor(layers: readonly Layer[], onLate: LateErrorListener<RouterContext>) {
    this.#methods = new Set(layers.flatMap(({ methods }) => methods));
    this.#onLate = onLate;
  }

  /** Gives the chain of those of `layers` that answer `method`, or any; `undefined` where there is none. */
  find(layers: readonly Layer[], method: string): RouteChain | undefined {
    const { chains } = this.#findBranch(layers);
    const usual = chains.get(method);
    if (usual !== undefined) return usual;
    const key = this.#methods.has(method) ? method : "";
    if (chains.has(key)) return chains.get(key);
    const chain = this.#compose(
      layers.filter(({ methods }) => methods.length === 0 || methods.includes(key)),
    );
    chains.set(key, chain);
    return chain;
  }

  #findBranch(layers: readonly Layer[]): Branch {
    let branch = this.#root;
    for (const layer of layers) {
      let next = branch.next.get(layer);
      if (next === undefined) {
        next = createBranch();
        branch.next.set(layer, next);
        this.#branches++;
      }
      branch = next;
    }
    if (this.#branches > MAX_BRANCHES) {
      this.#root = createBranch();
      this.#branches = 0;
    }
    return branch;
  }

  #compose(layers: readonly Layer[]): RouteChain | undefined {
    if (layers.length === 0) return undefined;
    const steps = layers.flatMap((layer) => layer.steps());
    const [first] = steps;
    return {
      name: layers.findLast(({ name }) => name !== undefined)?.name,
      // The `next` of a step that is alone is the one outside, of a chain that looks after it.
      run: first !== undefined && steps.length === 1 ? first : composeSteps(steps, this.#onLate),
    };
  }
}

function createBranch(): Branch {
  return { next: new Map(), chains: new Map() };
}
