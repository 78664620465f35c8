import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';

export type YamlPath = readonly (string | number)[];

/** The node at a path, or the nearest one around it that exists. `targets` tells what each alias stands for. */
export function findNode(root: Node | null, path: YamlPath, targets: ReadonlyMap<Node, Node>): Node | null {
  let node = root;
  for (const step of path) {
    const next = childOf(node === null ? null : (targets.get(node) ?? node), step);
    if (next === null) return node;
    node = next;
  }
  return node;
}

function childOf(node: Node | null, step: string | number): Node | null {
  if (isMap<unknown, Node | null>(node)) return findPair(node, String(step))?.value ?? null;
  return isSeq<Node>(node) ? (node.items[Number(step)] ?? null) : null;
}

export function findPair<V>(map: YAMLMap<unknown, V>, key: string): Pair<unknown, V> | undefined {
  return map.items.find((pair) => keyName(pair) === key);
}

/** The name of a key; null where the key is no plain text: a list, a mapping, an alias or nothing. */
export function keyName(pair: Pair): string | null {
  const { key } = pair;
  if (!isScalar(key) || key.value === null) return null;
  // `1:` and `true:` are keys as they are written.
  return typeof key.value === 'string' ? key.value : (key.source ?? null);
}

/** Offset of a key; undefined where it stands nowhere. */
export function startOf(key: unknown): number | undefined {
  return isScalar(key) || isMap(key) || isSeq(key) || isAlias(key) ? key.range?.[0] : undefined;
}

/** A key as messages show it: a name, not a text of any length or with control characters. */
export function quoteKey(key: string): string {
  const shown = key.length > 40 ? `${key.slice(0, 40)}…` : key;
  return `\`${shown.replace(/[^\P{C}]/gu, '?')}\``;
}
