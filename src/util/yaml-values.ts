import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { DEPTH_LIMIT, TOO_DEEP } from './yaml-errors.ts';
import { keyName, quoteKey, startOf } from './yaml-nodes.ts';

/** Something wrong at an offset of the text. */
export interface Note {
  readonly offset: number;
  readonly message: string;
}

export interface ReadValues {
  /** Plain values: objects, lists, texts, numbers, booleans and null. */
  readonly value: unknown;
  readonly notes: readonly Note[];
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Node, Node>;
}

/**
 * Turns nodes into plain values, in the order of the text, and notes what cannot stand for a value. The library's own
 * conversion writes out keys that are mappings, which takes it minutes for a nest of a thousand `?`.
 */
export function readValues(root: Node | null): ReadValues {
  const reader = new Reader();
  const value = reader.read(root, 0);
  return { value, notes: reader.notes, targets: reader.targets };
}

// Aliases may repeat a list of addresses a few hundred times; a bomb repeats billions.
const ALIASED_LIMIT = 10_000;

class Reader {
  readonly notes: Note[] = [];
  readonly targets = new Map<Node, Node>();
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  // A value behind an alias is read again; what is wrong with it is told once.
  readonly #noted = new Set<string>();
  #aliased = 0;
  #inAlias = 0;

  read(node: Node | null, depth: number): unknown {
    if (node === null) return null;
    const offset = node.range?.[0] ?? 0;
    if (this.#inAlias > 0 && ++this.#aliased > ALIASED_LIMIT) {
      return this.#note(0, 'aliases stand for more than 10,000 values');
    }
    if (isAlias(node)) return this.#readAlias(node, node.source, depth);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return node.value;
    if (depth === DEPTH_LIMIT) return this.#note(offset, TOO_DEEP);
    this.#open.add(node);
    const value = this.#readCollection(node, depth + 1);
    this.#open.delete(node);
    return value;
  }

  #readAlias(alias: Node, name: string, depth: number): unknown {
    const offset = alias.range?.[0] ?? 0;
    const target = this.#anchors.get(name);
    if (target === undefined) return this.#note(offset, 'the alias names no anchor before it');
    if (this.#open.has(target)) return this.#note(offset, 'the alias stands inside the value that it names');
    this.targets.set(alias, target);
    this.#inAlias++;
    const value = this.read(target, depth);
    this.#inAlias--;
    return value;
  }

  #readCollection(node: Node, depth: number): unknown {
    if (isSeq<Node>(node)) return node.items.map((item) => this.read(item, depth));
    return isMap<Node, Node | null>(node) ? this.#readMap(node, depth) : undefined;
  }

  #readMap(map: YAMLMap<Node, Node | null>, depth: number): unknown {
    const entries = new Map<string, unknown>();
    for (const pair of map.items) {
      const key = this.#newKey(pair, entries, map.range?.[0] ?? 0);
      if (key !== null) entries.set(key, this.read(pair.value, depth));
    }
    // Own properties only: `__proto__` is a key like any other.
    return Object.fromEntries(entries);
  }

  #newKey(pair: Pair, entries: ReadonlyMap<string, unknown>, around: number): string | null {
    const key = keyName(pair);
    const offset = startOf(pair.key) ?? around;
    if (key === null) this.#note(offset, 'a key must be plain text');
    else if (entries.has(key)) this.#note(offset, `the key ${quoteKey(key)} is written twice`);
    else return key;
    return null;
  }

  #note(offset: number, message: string): undefined {
    const fingerprint = `${offset} ${message}`;
    if (this.#noted.has(fingerprint)) return;
    this.#noted.add(fingerprint);
    this.notes.push({ offset, message });
  }
}
