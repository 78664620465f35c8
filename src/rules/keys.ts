import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { findNearest } from '../util/nearest.ts';
import { offsetWithin, type Reading, report } from './sigma/reading.ts';

/** A map of a rule file while its keys are read. */
export interface Keys {
  readonly reading: Reading;
  readonly node: YAMLMap;
}

export interface TextLimits {
  /** Characters; 65,535 (Sigma's own limit for a description) unless told. */
  readonly longest?: number;
  readonly pattern?: RegExp;
  /** What the pattern asks for, e.g. `a date such as 2026-11-22`. */
  readonly shape?: string;
  /** True where a list may be written as one text. */
  readonly single?: boolean;
}

/** Reports every key that is not known, with the nearest one that is. */
export function reportUnknown({ reading, node }: Keys, known: readonly string[]): void {
  for (const { key } of node.items as Pair<Node | null>[]) {
    const name = isScalar(key) ? String(key.value) : null;
    if (name !== null && known.includes(name)) continue;
    const nearest = name === null ? undefined : findNearest(name, known);
    const hint = nearest === undefined ? `known are ${known.join(', ')}` : `did you mean \`${nearest}\`?`;
    report(reading, key, `unknown key${name === null ? '' : ` \`${name}\``}, ${hint}`);
  }
}

/** Value of a key; undefined where it is missing. */
export function valueOf({ node }: Keys, key: string): Node | null | undefined {
  return node.get(key, true);
}

/** Reports a key that is missing. */
export function requireKey(keys: Keys, key: string): void {
  if (!keys.node.has(key)) report(keys.reading, keys.node, `\`${key}\` is missing`);
}

/** A text that is not empty; null where the key is missing or wrong, the latter reported. */
export function readText(keys: Keys, key: string, limits: TextLimits = {}): string | null {
  const value = valueOf(keys, key);
  return value === undefined ? null : verifyText(keys.reading, value, `\`${key}\``, limits);
}

/** A list of texts; empty where the key is missing, or wrong, which is reported. */
export function readTexts(keys: Keys, key: string, limits: TextLimits = {}): readonly string[] {
  const value = valueOf(keys, key);
  if (value === undefined) return [];
  if (limits.single === true && isScalar(value))
    return [readText(keys, key, limits)].filter((text) => text !== null);
  if (!isSeq(value)) {
    report(keys.reading, value ?? keys.node, `\`${key}\` must be a list of texts`);
    return [];
  }
  const texts = (value.items as Node[]).map((item) =>
    verifyText(keys.reading, item, `an item of \`${key}\``, limits),
  );
  return texts.filter((text) => text !== null);
}

/** One of the given words; null where the key is missing or wrong, the latter reported. */
export function readChoice<T extends string>(keys: Keys, key: string, choices: readonly T[]): T | null {
  const text = readText(keys, key);
  if (text === null) return null;
  const choice = choices.find((each) => each === text);
  if (choice !== undefined) return choice;
  const nearest = findNearest(text, choices);
  const hint = nearest === undefined ? `one of ${choices.join(', ')}` : `did you mean \`${nearest}\`?`;
  report(keys.reading, valueOf(keys, key), `\`${key}\` cannot be \`${text.slice(0, 64)}\`, ${hint}`);
  return null;
}

/** True or false; null where the key is missing or wrong, the latter reported. */
export function readFlag(keys: Keys, key: string): boolean | null {
  const value = valueOf(keys, key);
  if (value === undefined) return null;
  if (isScalar(value) && typeof value.value === 'boolean') return value.value;
  report(keys.reading, value ?? keys.node, `\`${key}\` must be true or false`);
  return null;
}

/** The keys of a map; null where the key is missing or no map, the latter reported. */
export function readMap(keys: Keys, key: string): Keys | null {
  const value = valueOf(keys, key);
  if (value === undefined) return null;
  if (isMap(value)) return { reading: keys.reading, node: value };
  report(keys.reading, value ?? keys.node, `\`${key}\` must be a map`);
  return null;
}

function verifyText(reading: Reading, node: Node | null, what: string, limits: TextLimits): string | null {
  const { longest = 65_535, pattern, shape } = limits;
  if (!isScalar(node) || typeof node.value !== 'string' || node.value.trim() === '') {
    report(reading, node, `${what} must be a text`);
    return null;
  }
  if (node.value.length > longest) {
    report(reading, offsetWithin(node, longest), `${what} is longer than ${longest} characters`);
    return null;
  }
  if (pattern?.test(node.value) === false) {
    report(reading, node, `${what} must be ${shape ?? String(pattern)}`);
    return null;
  }
  return node.value;
}
