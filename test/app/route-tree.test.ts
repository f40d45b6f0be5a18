import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RoutePattern, type RoutePatternOptions } from "../../src/app/route-pattern.ts";
import { RouteTree } from "../../src/app/route-tree.ts";

/** A tree of `paths`, each its own item. */
function treeOf(...paths: string[]): RouteTree<string> {
  const tree = new RouteTree<string>();
  for (const path of paths) tree.add(new RoutePattern(path), path);
  return tree;
}

/** The `count` variants of `path`, with another number in place of `#`. */
function variants(path: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => path.replace("#", `${index}`));
}

const shapes: [pattern: string, path: string][] = [
  ["/r#", "/r7"],
  ["/r#/:id", "/r7/x"],
  ["/r#/:id/x", "/r7/y/x"],
  ["/r#/:id?", "/r7/y"],
  ["/r#/:id(\\d+)", "/r7/12"],
  ["/r#/(.*)", "/r7/a/b/c"],
  ["/:a/r#/:b", "/x/r7/y"],
  ["/api/:v(v\\d)/r#", "/api/v1/r7"],
  ["/r#/chêne", "/r7/chêne"],
  ["/feuille-é#", "/feuille-é7"],
];

for (const [pattern, path] of shapes) {
  test(`among a thousand of ${pattern}, ${path} looks at one, and another path at none`, () => {
    for (const count of [10, 1000]) {
      const tree = treeOf(...variants(pattern, count));
      assert.deepEqual(tree.candidates(path), [pattern.replace("#", "7")]);
      assert.deepEqual(tree.find(path).items, [pattern.replace("#", "7")]);
      for (const other of ["/", "/none", "/none/of/these", `${path.replace("7", "none")}`]) {
        assert.deepEqual(tree.candidates(other), [], other);
      }
    }
  });
}

test("a thousand routes of every shape together are looked at no more than ten are", () => {
  const examined = [10, 1000].map((count) => {
    const tree = treeOf(...shapes.flatMap(([pattern]) => variants(pattern, count)));
    return shapes.map(([, path]) => tree.candidates(path).length);
  });
  assert.deepEqual(examined[0], examined[1]);
  assert.ok(
    examined.flat().every((count) => count <= 5),
    `${examined[0]}`,
  );
});

test("what matches is found in the order in which it was added", () => {
  const paths = ["/(.*)", "/a/:id", "/a/b", "/:x/b", "/a/(b|c)", "/A/B", "(.*)", "/a{/b}?"];
  for (const order of [paths, paths.toReversed()]) {
    assert.deepEqual(treeOf(...order).find("/a/b").items, order);
  }
});

test("a pattern that may go on matches what begins with its segments", () => {
  const tree = new RouteTree<string>();
  for (const path of ["", "/", "/a", "/a/", "/a/:id", "/é"]) {
    tree.add(new RoutePattern(path, { end: false }), path);
  }
  const found: [path: string, items: string[]][] = [
    ["/", ["", "/"]],
    ["/a", ["", "/", "/a"]],
    ["/ab", ["", "/"]],
    ["/a/", ["", "/", "/a", "/a/"]],
    ["/a/b", ["", "/", "/a", "/a/", "/a/:id"]],
    ["/A/b/c", ["", "/", "/a", "/a/", "/a/:id"]],
    ["/É/b", ["", "/", "/é"]],
  ];
  for (const [path, items] of found) assert.deepEqual(tree.find(path).items, items, path);
});

test("a path with one way to go by finds what a path with several does", () => {
  const tree = treeOf("", "/", "/a", "/a/:id", "/a/b/c", "/d/:id/", "/e/:id(\\d+)");
  const found: [path: string, items: string[]][] = [
    ["/", ["", "/"]],
    ["/a", ["/a"]],
    ["/A", ["/a"]],
    ["/a/", ["/a"]],
    ["/a/7", ["/a/:id"]],
    ["/a/b", ["/a/:id"]],
    ["/a/b/c", ["/a/b/c"]],
    ["/d/7", []],
    ["/d/7/", ["/d/:id/"]],
    ["/e/7", ["/e/:id(\\d+)"]],
    ["/e/x", []],
    ["/a/7/8", []],
    ["//", ["/"]],
  ];
  for (const [path, items] of found) assert.deepEqual(tree.find(path).items, items, path);
});

test("a path of another form is compared with every pattern", () => {
  const tree = treeOf("/a", "a", "(.*)", "/:id");
  for (const [path, items] of [
    ["a", ["a", "(.*)"]],
    ["", ["(.*)"]],
    ["/a#", ["/a", "(.*)", "/:id"]],
    ["/a?b", ["(.*)"]],
  ] as const) {
    assert.equal(tree.find(path).plain, false);
    assert.deepEqual(tree.find(path).items, items, path);
    assert.equal(tree.candidates(path).length, 4);
  }
});

test("letters beyond ASCII have the case that expressions give them", () => {
  // "ß" and "ſ" and the Kelvin sign become ASCII letters in upper or lower case; to an expression they are not.
  const tree = treeOf("/ss", "/ß", "/s", "/ſ", "/k", "/\u212a", "/Σ", "/ς");
  assert.deepEqual(tree.find("/ß").items, ["/ß"]);
  assert.deepEqual(tree.find("/SS").items, ["/ss"]);
  assert.deepEqual(tree.find("/ſ").items, ["/ſ"]);
  assert.deepEqual(tree.find("/S").items, ["/s"]);
  assert.deepEqual(tree.find("/\u212a").items, ["/\u212a"]);
  assert.deepEqual(tree.find("/σ").items, ["/Σ", "/ς"]);
});

const text = fc.constantFrom("a", "b", "A", "ab", "é", "É", "ß", "ss", "a.b", "a-b", "1", "12", "a]", "");
const piece = fc.oneof(
  { weight: 4, arbitrary: text.map((value) => `/${value}`) },
  { weight: 3, arbitrary: fc.constantFrom("/:p", "/:p", "/:p?", "/:p*", "/:p+", "/:p(\\d+)", "/:p(a|b)?") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "/(.*)",
      "(.*)",
      "{/:p}?",
      "{/a}?",
      "/:p(\\d*)",
      "/:p([a-z]{2})",
      "/a-:p",
      "{.:p}?",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("/:p.:p", "/a:p", "/\\:p", "/:p\\:x", "b", "/:p(.+)", "/:p([^/]+)"),
  },
);
const options: fc.Arbitrary<RoutePatternOptions> = fc.record({
  end: fc.boolean(),
  sensitive: fc.boolean(),
  strict: fc.boolean(),
});
const pattern = fc
  .tuple(fc.array(piece, { maxLength: 4 }), options)
  .map(([pieces, how]) => makePattern(nameAnew(pieces.join("")), how))
  .filter((made) => made !== undefined);
const path = fc
  .tuple(
    fc.constantFrom("/", "/", "/", ""),
    fc.array(
      fc.constantFrom("a", "b", "A", "é", "ß", "ss", "1", "12", "a.b", "a-b", "", "a]", "\n", "?", "#"),
      {
        maxLength: 5,
      },
    ),
  )
  .map(([start, segments]) => start + segments.join("/"));

/** Each parameter has a name of its own. */
function nameAnew(source: string): string {
  let count = 0;
  return source.replace(/(?<!\\):p/g, () => `:p${count++}`);
}

function makePattern(source: string, how: RoutePatternOptions): RoutePattern | undefined {
  try {
    return new RoutePattern(source, how);
  } catch {
    // Not every sequence of pieces is a pattern.
    return undefined;
  }
}

test("whatever the patterns and the path, the tree finds what a scan of all expressions finds", () => {
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 12 }),
      fc.array(path, { minLength: 1 }),
      (all, paths) => {
        const tree = new RouteTree<RoutePattern>();
        for (const one of all) tree.add(one, one);
        for (const sent of paths) {
          const { items, plain } = tree.find(sent);
          const scanned = all.filter(({ regexp }) => regexp.test(sent));
          assert.deepEqual(
            items.map(({ regexp }) => regexp.source),
            scanned.map(({ regexp }) => regexp.source),
            JSON.stringify(sent),
          );
          for (const one of items) {
            assert.deepEqual(one.captures(sent, plain), [...(one.regexp.exec(sent) ?? [])].slice(1));
          }
        }
      },
    ),
    { numRuns: 3000 },
  );
});
