import type { LineCounter, Node, Scalar } from 'yaml';

/** One thing in a rule file that cannot be honoured. */
export interface RuleProblem {
  /** `file:line:column`, both counted from 1. */
  readonly place: string;
  readonly message: string;
}

/** A file while it is read: collects every problem instead of stopping at the first. */
export interface Reading {
  readonly file: string;
  readonly lines: LineCounter;
  readonly problems: RuleProblem[];
}

/** Adds a problem at a node or at an offset into the file; without either at the file's start. */
export function report(reading: Reading, at: Node | number | null | undefined, message: string): void {
  const offset = typeof at === 'number' ? at : (at?.range?.[0] ?? 0);
  reading.problems.push({ place: placeOf(reading, offset), message });
}

/** `file:line:column` of an offset. */
export function placeOf(reading: Reading, offset: number): string {
  const { line, col } = reading.lines.linePos(offset);
  return `${reading.file}:${Math.max(1, line)}:${Math.max(1, col)}`;
}

/** Offset of a character inside a scalar's text, exact for text on one line without escapes, else its start. */
export function offsetWithin(node: Scalar, index: number): number {
  const start = node.range?.[0] ?? 0;
  const plain = node.type === 'PLAIN' && node.source === node.value;
  const quoted = (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE') && node.source === node.value;
  const length = (node.range?.[1] ?? start) - start;
  if (plain && length === node.source?.length) return start + index;
  if (quoted && length === (node.source?.length ?? 0) + 2) return start + 1 + index;
  return start;
}
