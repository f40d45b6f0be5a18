/**
 * Finds the patterns that match a path, without looking at those that can't: the patterns stand in a tree of
 * the segments that are known of them, and a path is led down by its own.
 *
 * ```ts
 * const tree = new RouteTree<string>();
 * tree.add(new RoutePattern("/book/:id"), "a book");
 * tree.find("/book/7").items; // ["a book"]
 * ```
 *
 * @module
 */

import type { RoutePattern } from "./route-pattern.ts";

/** What was found for a path. */
export interface RouteMatch<Item> {
  readonly path: string;
  /** Whether the path has the form of one: it begins with a slash, and nothing in it ends it early. */
  readonly plain: boolean;
  /** What was added with the patterns that match, in the order in which it was added. */
  readonly items: readonly Item[];
}

interface Entry<Item> {
  readonly pattern: RoutePattern;
  readonly item: Item;
  readonly order: number;
}

interface Node<Item> {
  /** The nodes below, by the segment that leads there: in upper case, and as the patterns have it. */
  readonly texts: Map<string, Node<Item>>;
  /** The same for segments with letters beyond ASCII, by their upper case alone. */
  readonly foreignTexts: Map<string, Node<Item>>;
  /** The node below for any segment that is not empty. */
  any: Node<Item> | undefined;
  /** The patterns that end here. */
  readonly ends: Entry<Item>[];
  /** What was added with those; nothing, where one of them may yet not match. */
  endItems: Item[] | undefined;
  /** The patterns that match what begins so, or may do so. */
  readonly open: Entry<Item>[];
}

const SLASH = 0x2f;
const QUERY = 0x3f;
const HASH = 0x23;

/** Patterns in a tree, each with an item that it leads to. */
export class RouteTree<Item> {
  readonly #root: Node<Item> = createNode();
  readonly #entries: Entry<Item>[] = [];

  /** Adds a pattern behind those that were added before. */
  add(pattern: RoutePattern, item: Item): void {
    const entry = { pattern, item, order: this.#entries.length };
    const { segments, whole } = pattern.known;
    this.#entries.push(entry);
    let node = this.#root;
    for (const segment of segments) node = makeChild(node, segment);
    if (!whole || !pattern.end) {
      node.open.push(entry);
      return;
    }
    node.ends.push(entry);
    if (pattern.known.certain) node.endItems?.push(item);
    else node.endItems = undefined;
  }

  /** Finds the items of all patterns that match `path`. */
  find(path: string): RouteMatch<Item> {
    const plain = isPlain(path);
    const alone = plain ? findAlone(this.#root, path) : undefined;
    if (alone !== undefined) return { path, plain, items: alone };
    const entries = this.#collect(path, plain);
    if (entries.length > 1) entries.sort((a, b) => a.order - b.order);
    const items: Item[] = [];
    for (const { pattern, item } of entries) {
      if ((plain && pattern.known.certain) || pattern.regexp.test(path)) items.push(item);
    }
    return { path, plain, items };
  }

  /** Gives the items whose patterns {@linkcode RouteTree.find} looks at for `path`, matching or not. */
  candidates(path: string): Item[] {
    return this.#collect(path, isPlain(path)).map(({ item }) => item);
  }

  #collect(path: string, plain: boolean): Entry<Item>[] {
    if (!plain) return [...this.#entries];
    const found: Entry<Item>[] = [];
    collect(this.#root, path, 0, found);
    return found;
  }
}

/** Whether the segments of `path` are what stands between its slashes: `?` and `#` end one as well. */
function isPlain(path: string): boolean {
  if (path.charCodeAt(0) !== SLASH) return false;
  for (let at = 1; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (code === QUERY || code === HASH) return false;
  }
  return true;
}

function createNode<Item>(): Node<Item> {
  return { texts: new Map(), foreignTexts: new Map(), any: undefined, ends: [], endItems: [], open: [] };
}

function makeChild<Item>(node: Node<Item>, segment: string | undefined): Node<Item> {
  if (segment === undefined) {
    node.any ??= createNode();
    return node.any;
  }
  const texts = isAscii(segment) ? node.texts : node.foreignTexts;
  const folded = segment.toUpperCase();
  const child = texts.get(folded) ?? createNode<Item>();
  texts.set(folded, child);
  if (texts === node.texts) texts.set(segment, child);
  return child;
}

/** The items at the end of the way of `path`, where there is one way alone, and no pattern to be asked. */
function findAlone<Item>(root: Node<Item>, path: string): readonly Item[] | undefined {
  let node = root;
  let start = 0;
  while (start < path.length) {
    const mayEndHere = start === path.length - 1 && node.ends.length > 0;
    if (mayEndHere || node.open.length > 0) return undefined;
    const slash = path.indexOf("/", start + 1);
    const end = slash === -1 ? path.length : slash;
    const segment = path.slice(start + 1, end);
    const child = findChild(node, segment);
    const other = segment === "" ? undefined : node.any;
    if (child !== undefined && other !== undefined) return undefined;
    const next = child ?? other;
    if (next === undefined) return undefined;
    node = next;
    start = end;
  }
  return node.open.length === 0 ? node.endItems : undefined;
}

/** Follows `path` from the slash at `start` on, or stays where it ends there, and collects on the way. */
function collect<Item>(node: Node<Item>, path: string, start: number, found: Entry<Item>[]): void {
  for (const entry of node.open) found.push(entry);
  const isOver = start === path.length;
  // One slash at the end makes a difference to strict patterns alone.
  if (isOver || start === path.length - 1) {
    for (const entry of node.ends) if (isOver || !entry.pattern.strict) found.push(entry);
  }
  if (isOver) return;
  const slash = path.indexOf("/", start + 1);
  const end = slash === -1 ? path.length : slash;
  const segment = path.slice(start + 1, end);
  const child = findChild(node, segment);
  if (child !== undefined) collect(child, path, end, found);
  if (node.any !== undefined && segment !== "") collect(node.any, path, end, found);
}

/** The segment as a pattern has it is the usual case, and needs no folding. */
function findChild<Item>(node: Node<Item>, segment: string): Node<Item> | undefined {
  const child = node.texts.get(segment);
  if (child !== undefined) return child;
  if (node.texts.size === 0 && node.foreignTexts.size === 0) return undefined;
  return (isAscii(segment) ? node.texts : node.foreignTexts).get(segment.toUpperCase());
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}
