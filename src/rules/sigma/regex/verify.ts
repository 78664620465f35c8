import { parseRegex } from './parse.ts';
import { PatternError, type RegexFlags, type RegexNode } from './syntax.ts';

/** States of the machine; with a text of 64 KiB at most 65 million steps. */
const MOST_STATES = 1000;

/**
 * Accepts only expressions that every common engine runs in linear time, and returns their tree.
 * Refused with a PatternError: backreferences, lookaround, an unbounded quantifier on a group in which something
 * repeats a varying number of times or alternates (`(a+)+`, `(ab?)+`, `(a|ab)*`), and what would need too large a
 * machine.
 * The own machine would run the nested ones too, but a rule should not become dangerous where it is reused.
 */
export function verifyLinearPattern(text: string, flags: RegexFlags): RegexNode {
  const tree = parseRegex(text, flags);
  verifyRepeats(tree);
  if (countStates(tree) > MOST_STATES) {
    throw new PatternError('too-long', 0, `needs more than ${MOST_STATES} states; lower its counts`);
  }
  return tree;
}

function verifyRepeats(node: RegexNode): void {
  if (node.kind === 'repeat' && node.max === Number.POSITIVE_INFINITY && branches(node.item)) {
    throw new PatternError(
      'not-linear',
      node.at,
      'an unbounded quantifier on a group with another quantifier or an alternation inside',
    );
  }
  for (const child of childrenOf(node)) verifyRepeats(child);
}

/** True where one text can be read in more than one way inside. */
function branches(node: RegexNode): boolean {
  if (node.kind === 'alternation') return true;
  if (node.kind === 'repeat' && node.max !== node.min) return true;
  return childrenOf(node).some(branches);
}

function childrenOf(node: RegexNode): readonly RegexNode[] {
  if (node.kind === 'repeat') return [node.item];
  return node.kind === 'sequence' || node.kind === 'alternation' ? node.items : [];
}

/** States that the machine will have; counts multiply, so this is computed and never built. */
function countStates(node: RegexNode): number {
  const inside = childrenOf(node).reduce((sum, child) => sum + countStates(child), 0);
  if (node.kind === 'alternation') return inside + node.items.length;
  if (node.kind !== 'repeat') return inside + 1;
  const copies = node.max === Number.POSITIVE_INFINITY ? node.min + 1 : node.max;
  return Math.max(1, copies) * (inside + 1);
}
