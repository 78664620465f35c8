import { type Document, isMap, LineCounter, type Node, parseDocument } from 'yaml';
import { explainYamlError, TOO_DEEP } from './yaml-errors.ts';
import { findNode, findPair, startOf, type YamlPath } from './yaml-nodes.ts';
import { type Note, readValues } from './yaml-values.ts';

/** A problem with its place `file:line:column`. */
export interface PlacedProblem {
  readonly place: string;
  readonly message: string;
}

export interface YamlProblem extends PlacedProblem {
  /** Offset in the text. */
  readonly offset: number;
}

/** A YAML document as plain values that still know where they stand in the file. */
export interface PlacedYaml {
  /** Plain value; undefined where the text is no readable YAML document. */
  readonly value: unknown;
  /** Problems of the YAML itself: syntax, duplicate keys, unknown tags, limits. */
  readonly problems: readonly YamlProblem[];
  /** True where values are written once and named again: a fault in one may be a fault in all that name it. */
  readonly hasAliases: boolean;
  /** Offset of the value at a path, or of the nearest value around it that exists. */
  offsetOf(path: YamlPath): number;
  /** Offset of a key in the mapping at a path. */
  offsetOfKey(path: YamlPath, key: string): number;
  /** Offsets of the value's beginning and end. */
  rangeOf(path: YamlPath): readonly [number, number];
  /** `file:line:column` of an offset. */
  placeAt(offset: number): string;
}

/** Characters that one document may have. The parser takes about 5 s for a MiB at worst, 2 s for an ordinary one. */
export const YAML_LIMIT = 1_048_576;

/**
 * Reads one YAML 1.2 document. Total: any text gives a value or problems, never an exception. No message quotes the
 * text, which may hold a secret in the wrong place, apart from the names of keys.
 */
export function parseYaml(file: string, text: string): PlacedYaml {
  if (text.length > YAML_LIMIT) return unreadable(file, [{ offset: 0, message: TOO_LARGE }]);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
    const syntax = document.errors.slice(0, SYNTAX_SHOWN).map(toNote);
    // What the parser recovers after a syntax error is a guess; nothing is read from a guess.
    return syntax.length > 0 ? unreadable(file, syntax, lines) : toPlaced(file, document, lines);
  } catch (error) {
    // Deep nesting exhausts the stack; anything else is a fault of this program.
    if (!(error instanceof RangeError)) throw error;
    return unreadable(file, [{ offset: 0, message: TOO_DEEP }]);
  }
}

const OPTIONS = {
  schema: 'core',
  version: '1.2',
  merge: false,
  // `!!binary`, `!!set`, `!!timestamp` and the like would give values that no schema here expects.
  resolveKnownTags: false,
  // Pretty errors quote the line, which may hold a secret.
  prettyErrors: false,
  // The parser compares each key with each: 60,000 keys took it 53 s. `readValues` keeps a set instead.
  uniqueKeys: false,
  logLevel: 'error',
} as const;

const TOO_LARGE = 'the file is larger than 1 MiB';

// One mistake makes the parser report many; the first few show where it is.
const SYNTAX_SHOWN = 10;

function toPlaced(file: string, document: Document.Parsed, lines: LineCounter): PlacedYaml {
  const root: Node | null = document.contents;
  const { value, notes, targets } = readValues(root);
  const find = (path: YamlPath): Node | null => findNode(root, path, targets);
  return {
    value,
    problems: [...document.warnings.map(toNote), ...notes].map((note) => place(file, note, lines)),
    hasAliases: targets.size > 0,
    placeAt: (offset) => placeOf(file, offset, lines),
    offsetOf: (path) => find(path)?.range?.[0] ?? 0,
    offsetOfKey: (path, key) => {
      const node = find(path);
      const within = node === null ? null : (targets.get(node) ?? node);
      const pair = isMap(within) ? findPair(within, key) : undefined;
      return startOf(pair?.key) ?? node?.range?.[0] ?? 0;
    },
    rangeOf: (path) => {
      const range = find(path)?.range;
      return range ? [range[0], range[1]] : [0, 0];
    },
  };
}

function unreadable(file: string, notes: readonly Note[], lines?: LineCounter): PlacedYaml {
  return {
    value: undefined,
    problems: notes.map((note) => place(file, note, lines)),
    hasAliases: false,
    placeAt: (offset) => placeOf(file, offset, lines),
    offsetOf: () => 0,
    offsetOfKey: () => 0,
    rangeOf: () => [0, 0],
  };
}

function toNote(error: { readonly code: string; readonly pos: readonly [number, number] }): Note {
  return { offset: error.pos[0], message: explainYamlError(error.code) };
}

function place(file: string, { offset, message }: Note, lines?: LineCounter): YamlProblem {
  return { offset, place: placeOf(file, offset, lines), message };
}

/** Lines and columns count from 1; where no line was read yet, the beginning. */
function placeOf(file: string, offset: number, lines?: LineCounter): string {
  const { line, col } = lines?.linePos(offset) ?? { line: 1, col: 1 };
  return `${file}:${Math.max(1, line)}:${Math.max(1, col)}`;
}
